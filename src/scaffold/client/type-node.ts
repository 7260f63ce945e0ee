/** A type of the generated code, before it is text. */
export type TypeNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unknown'; readonly why?: string }
  | { readonly kind: 'name'; readonly name: string; readonly without?: readonly string[] }
  | CompoundNode
  | ObjectNode;

/** Made of other types; a list has one part. */
export interface CompoundNode {
  readonly kind: 'array' | 'union' | 'intersection';
  readonly parts: readonly TypeNode[];
}

export interface ObjectNode {
  readonly kind: 'object';
  readonly members: readonly Member[];
  /** The type of the members without a name of their own. */
  readonly rest?: TypeNode;
  /** What a function takes apart at once: `readonly` would only be noise. */
  readonly input?: boolean;
}

export interface Member {
  readonly name: string;
  readonly type: TypeNode;
  readonly required: boolean;
  /** Lines for its doc comment, already safe. */
  readonly doc: readonly string[];
}

/** A type with a name, exported by the client. */
export interface NamedType {
  readonly name: string;
  readonly type: TypeNode;
  readonly doc: readonly string[];
}

export const nullType: TypeNode = { kind: 'text', text: 'null' };
export const undefinedType: TypeNode = { kind: 'text', text: 'undefined' };
export const stringType: TypeNode = { kind: 'text', text: 'string' };

/** What cannot be typed; `why` becomes a short comment and must be free of text from outside. */
export function unknownType(why?: string): TypeNode {
  return why === undefined ? { kind: 'unknown' } : { kind: 'unknown', why };
}

/** One of the types; the type itself when there is just one. */
export function unionOf(parts: readonly TypeNode[]): TypeNode {
  const flat = distinct(parts.flatMap((part) => (part.kind === 'union' ? part.parts : [part])));
  const all = flat.find(({ kind }) => kind === 'unknown');
  return all ?? (flat.length === 1 ? flat[0] : undefined) ?? { kind: 'union', parts: flat };
}

/** All of the types at once; what is unknown adds nothing. */
export function intersectionOf(parts: readonly TypeNode[]): TypeNode {
  const known = distinct(parts.filter(({ kind }) => kind !== 'unknown'));
  if (known.length === 0) return parts.find(({ kind }) => kind === 'unknown') ?? unknownType();
  return known.length === 1 && known[0] ? known[0] : { kind: 'intersection', parts: known };
}

function distinct(parts: readonly TypeNode[]): TypeNode[] {
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}
