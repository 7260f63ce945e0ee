import { MsaError } from '../../model/errors.ts';
import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';

/** Enough for any service; a document with more is refused, so that none can keep us busy without end. */
export const limits = {
  values: 1_000_000,
  depth: 200,
  /** One reference that leads to the next. */
  references: 100,
  /** Pairs of schemas that are compared, and how often they are looked at for an operation. */
  pairs: 100_000,
  visits: 5_000_000,
} as const;

/** An OpenAPI document that can be compared: of a version we know, of bounded size, without references to other files. */
export interface ContractDocument {
  /** How it is called in messages: `services/orders/openapi.json`, perhaps with a commit. */
  readonly name: string;
  readonly root: Mapping;
  readonly version: '3.0' | '3.1';
  /** Where a mapping or list of the document stands, as a JSON pointer. */
  readonly pointerOf: (value: unknown) => string;
}

/** Takes a parsed text for an OpenAPI document, or says why it is none. */
export function openDocument(value: unknown, name: string): ContractDocument {
  const root = asMapping(value);
  const version = textOf(root, 'openapi')?.trim();
  if (root === undefined || version === undefined) {
    throw unreadable(
      name,
      memberOf(root, 'swagger') === undefined ? 'it has no key `openapi`' : 'it is Swagger 2, not OpenAPI 3',
    );
  }
  const [, known] = /^(3\.[012])(?:\.\d+)?(?:-.*)?$/.exec(version) ?? [];
  if (known === undefined) throw unreadable(name, `its version ${JSON.stringify(version.slice(0, 40))} is not known`);
  const { pointers, references } = walk(root, name);
  const document: ContractDocument = {
    name,
    root,
    version: known === '3.0' ? '3.0' : '3.1',
    pointerOf: (inner) => (typeof inner === 'object' && inner !== null ? (pointers.get(inner) ?? '') : ''),
  };
  for (const reference of references) resolve(document, { $ref: reference });
  return document;
}

export function unreadable(name: string, reason: string): MsaError {
  return new MsaError('MSA_CONTRACT_UNREADABLE', `${name} cannot be compared: ${reason}`);
}

interface Walked {
  readonly pointers: ReadonlyMap<object, string>;
  readonly references: ReadonlySet<string>;
}

/** Below these stand values of callers and services, not parts of the document. */
const valueKeys = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Walks the whole document once, without recursion: a deep one must not end us. */
function walk(root: Mapping, name: string): Walked {
  const pointers = new Map<object, string>([[root, '']]);
  const references = new Set<string>();
  let level: readonly { readonly parent: object; readonly isValue: boolean }[] = [{ parent: root, isValue: false }];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.depth) throw unreadable(name, `it is nested deeper than ${limits.depth} levels`);
    const children = level.flatMap(({ parent, isValue }) =>
      Object.entries(parent).map(([key, child]) => ({ parent, isValue, key, child: child as unknown })),
    );
    count += children.length;
    if (count > limits.values) throw unreadable(name, `it has more than ${limits.values} values`);
    level = children.flatMap(({ parent, isValue, key, child }) => {
      if (key === '$ref' && typeof child === 'string' && !isValue) references.add(child);
      if (typeof child !== 'object' || child === null || pointers.has(child)) return [];
      pointers.set(child, `${pointers.get(parent) ?? ''}/${escapeKey(key)}`);
      return [{ parent: child, isValue: isValue || valueKeys.has(key) || key.startsWith('x-') }];
    });
  }
  return { pointers, references };
}

/** A key as it stands in a JSON pointer. */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value itself, or what its `$ref` leads to; undefined where there is nothing. */
export function resolve(document: ContractDocument, value: unknown): unknown {
  let current = value;
  for (let steps = 0; steps < limits.references; steps += 1) {
    const reference = memberOf(current, '$ref');
    if (typeof reference !== 'string') return current;
    current = target(document, reference);
  }
  throw unreadable(document.name, `the reference ${shown(memberOf(value, '$ref'))} leads through too many others`);
}

/** The mapping itself, or that which its `$ref` leads to. */
export function resolveMapping(document: ContractDocument, value: unknown): Mapping | undefined {
  return asMapping(resolve(document, value));
}

/** What a reference within the document points at. */
export function target({ root, name }: ContractDocument, reference: string): unknown {
  if (reference !== '#' && !reference.startsWith('#/')) {
    const reason = reference.startsWith('#') ? 'names an anchor' : 'leads out of the file';
    throw unreadable(
      name,
      `the reference ${shown(reference)} ${reason}, which is not followed; bundle it into one file`,
    );
  }
  const keys = reference
    .slice(2)
    .split('/')
    .map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = reference === '#' ? root : keys.reduce<unknown>((value, key) => memberOf(value, key), root);
  if (found === undefined) throw unreadable(name, `the reference ${shown(reference)} leads nowhere`);
  return found;
}

function shown(reference: unknown): string {
  return JSON.stringify(typeof reference === 'string' ? reference.slice(0, 200) : reference);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An own member of a mapping or a list; never something inherited, because keys such as `constructor` come from outside. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Array.isArray(value) ? value[Number(key)] : asMapping(value)?.[key];
}

/** The members of a mapping in the order of the document; none for anything else. */
export function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(asMapping(value) ?? {});
}

/** The same where OpenAPI allows extensions, which say nothing to callers. */
export function declaredOf(value: unknown): readonly (readonly [string, unknown])[] {
  return membersOf(value).filter(([key]) => !key.startsWith('x-'));
}

/** The items of a list; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown, key: string): string | undefined {
  const text = memberOf(value, key);
  return typeof text === 'string' ? text : undefined;
}
