import { canonicalJson } from '../model/canonical-json.ts';
import type { Unit } from './desired.ts';

/** Hex SHA-256 of a text. */
export type Sha256 = (text: string) => string;

const digits = 16;

/**
 * Hash of what an instance is made from: when it changes, instances are replaced. How many there are is not part of it.
 * The content comes first and apart, so that a change of files can be told from a change of the configuration.
 */
export function unitHash({ replicas: _scaled, ...made }: Omit<Unit, 'hash'>, sha256: Sha256, extra?: unknown): string {
  const content = made.program.kind === 'folder' ? made.program.content : '';
  const configuration = { ...made, program: { ...made.program, content: '' }, extra };
  return `${sha256(content).slice(0, digits)}-${sha256(canonicalJson(configuration)).slice(0, digits)}`;
}

/** What of an instance is no longer as it should be, given the hash it was made with; in words. */
export function differenceOf(was: string, is: string): string {
  return was.split('-')[0] === is.split('-')[0] ? 'its configuration changed' : 'its files changed';
}
