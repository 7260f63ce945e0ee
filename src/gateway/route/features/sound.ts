import { fieldNamePattern, fieldValuePattern, isReservedField } from '../../../protocol/policies/header-changes.ts';
import type { PathChange } from '../../../protocol/policies/path-change.ts';

/** Throws when something of a policy is not what it should be; what comes over the wire may be of another version. */
export function demand(isSound: boolean, what: string): void {
  if (!isSound) throw new TypeError(`${what} makes no sense`);
}

export function demandFields(fields: Readonly<Record<string, string>>, what: string): void {
  for (const [name, value] of Object.entries(fields)) {
    demandFieldName(name, what);
    demand(typeof value === 'string' && fieldValuePattern.test(value), `${what}: the value of ${name}`);
  }
}

export function demandFieldName(name: unknown, what: string): void {
  const isSound = typeof name === 'string' && fieldNamePattern.test(name) && !isReservedField(name.toLowerCase());
  demand(isSound, `${what}: the name ${String(name)}`);
}

export function demandPathChange(change: PathChange | undefined, what: string): void {
  if (change === undefined) return;
  const isSound =
    change.kind === 'full' ? change.path !== '' && isPath(change.path) : isPath(change.from) && isPath(change.to);
  demand(isSound, `${what}: the path`);
}

function isPath(path: unknown): boolean {
  return typeof path === 'string' && /^(?:\/[!-~]*)?$/.test(path);
}

export function demandHost(host: string | undefined, what: string): void {
  demand(host === undefined || /^[A-Za-z0-9.-]{1,253}$/.test(host), `${what}: the host`);
}
