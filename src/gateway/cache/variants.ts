import { createHash } from 'node:crypto';

import { listOf } from '../http/fields.ts';
import { isTime, parseObject } from './kept-answer.ts';

/**
 * What is known of a path of a service: by which request fields its answers differ, and which generation of them counts.
 * A change of the resource begins a new generation, so that one write makes all answers of it forgotten: of every query,
 * variant, caller, route and edge.
 */
export interface Resource {
  readonly generation: string;
  /** Names of request fields in lower case, sorted. */
  readonly vary: readonly string[];
  /** When it was changed last: answers asked for before that are not kept. */
  readonly changedAt: number;
}

/** More fields than this would make a variant of nearly every request. */
const maxVaryNames = 12;
const form = 1;

export function encodeResource({ generation, vary, changedAt }: Resource): Buffer {
  return Buffer.from(JSON.stringify({ form, generation, vary, changedAt }));
}

/** Reads it back; undefined when it is in another form, or damaged. */
export function decodeResource(bytes: Buffer): Resource | undefined {
  const value = parseObject(bytes.toString());
  if (!value || value['form'] !== form) return undefined;
  const { generation, vary, changedAt } = value;
  if (typeof generation !== 'string' || generation.length > 64 || !isTime(changedAt)) return undefined;
  if (!Array.isArray(vary) || vary.length > maxVaryNames) return undefined;
  const names = vary.filter((name): name is string => typeof name === 'string');
  return names.length === vary.length ? { generation, vary: names, changedAt } : undefined;
}

/** The names by which answers differ, old and new together; undefined when they are too many. */
export function joinVary(known: readonly string[], more: readonly string[]): readonly string[] | undefined {
  const names = [...new Set([...known, ...more])].toSorted();
  return names.length > maxVaryNames ? undefined : names;
}

/** Who asks by which way: answers to the same path that can differ although `Vary` does not say so. */
export interface Asker {
  /** The route or edge, since each changes requests in its own way. */
  readonly target: string;
  /** By which address the client knows us: links in answers lead back there. */
  readonly base: string;
  readonly query: string;
  /** Whose answers these are when each caller has its own; empty when they are for all. */
  readonly owner: string;
  /** All fields of the request, name and value in turn. */
  readonly fields: readonly string[];
}

/** The key of the answer to a request within a generation of its resource. */
export function variantKey({ generation, vary }: Resource, asker: Asker): string {
  const { target, base, query, owner, fields } = asker;
  let key = `${generation}\n${target}\n${base}\n${query}\n${owner}`;
  for (const name of vary) key += `\n${name}:${normalValue(name, listOf(fields, name))}`;
  return key;
}

/** Their elements mean the same in capitals. Those of Accept may have parameters that do not. */
const caseless: ReadonlySet<string> = new Set(['accept-charset', 'accept-encoding', 'accept-language']);

/** Two values that no service tells apart should be one (RFC 9111, 4.1). */
function normalValue(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  if (caseless.has(name)) return value.replaceAll(/[ \t]+/g, '').toLowerCase();
  if (name !== 'accept' || value.includes('"')) return value.trim();
  return value.replaceAll(/[ \t]*([,;])[ \t]*/g, '$1').trim();
}

/** What stands for the credentials of a caller, which themselves are kept nowhere. */
export function ownerOf(fields: readonly string[], identity: string): string {
  const credentials = [listOf(fields, 'authorization') ?? '', listOf(fields, 'cookie') ?? '', identity];
  if (credentials.every((each) => each === '')) return '';
  return createHash('sha256').update(JSON.stringify(credentials)).digest('base64url');
}
