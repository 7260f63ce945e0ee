import type { Path } from './problem.ts';
import { asMapping } from './yaml/mapping.ts';

/** What the checks read of who may come in. */
export interface AuthDraft {
  /** Undefined when nothing is said of it. */
  readonly keys: ReadonlySet<string> | undefined;
  readonly issuers: readonly IssuerDraft[];
  /** Where something is asked of whoever sends a request. */
  readonly demands: readonly Demand[];
}

export interface IssuerDraft {
  readonly path: Path;
  readonly keys: ReadonlySet<string>;
  readonly service: string | undefined;
  readonly issuer: string | undefined;
}

export interface Demand {
  readonly path: Path;
  /** Undefined for a word. */
  readonly keys: ReadonlySet<string> | undefined;
  /** What `others` says. */
  readonly others: string | undefined;
  readonly isNothing: boolean;
}

/** Takes what is usable out of a file's values; never throws, whatever they are. */
export function draftAuth(value: unknown): AuthDraft {
  const root = asMapping(value) ?? {};
  const gateway = asMapping(root['gateway']);
  const auth = asMapping(gateway?.['auth']);
  const services = Object.entries(asMapping(root['services']) ?? {}).flatMap(([name, service]) => [
    ...demandsOf(asMapping(service)?.['routes'], ['services', name, 'routes']),
    ...demandsOf(asMapping(service)?.['calls'], ['services', name, 'calls']),
  ]);
  return {
    keys: auth === undefined ? undefined : new Set(Object.keys(auth)),
    issuers: asList(auth?.['issuers']).flatMap((issuer, index) => draftIssuer(issuer, index)),
    demands: [
      ...demandIn(gateway?.['defaults'], ['gateway', 'defaults']),
      ...demandsOf(gateway?.['routes'], ['gateway', 'routes']),
      ...services,
    ],
  };
}

function draftIssuer(value: unknown, index: number): readonly IssuerDraft[] {
  const issuer = asMapping(value);
  if (issuer === undefined) return [];
  const path = ['gateway', 'auth', 'issuers', index];
  return [
    { path, keys: new Set(Object.keys(issuer)), service: asText(issuer['service']), issuer: asText(issuer['issuer']) },
  ];
}

function demandsOf(value: unknown, path: Path): readonly Demand[] {
  return asList(value).flatMap((item, index) => demandIn(item, [...path, index]));
}

function demandIn(value: unknown, path: Path): readonly Demand[] {
  const auth = asMapping(value)?.['auth'];
  if (auth === undefined || auth === null) return [];
  const keys = asMapping(auth);
  const others = asText(keys?.['others']);
  return [{ path: [...path, 'auth'], keys: keys && new Set(Object.keys(keys)), others, isNothing: auth === 'none' }];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
