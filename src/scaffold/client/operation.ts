import type { TypeNode } from './type-node.ts';

/** One function of a client. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  /** Literal texts, already encoded, and the variables between them. */
  readonly path: readonly (string | { readonly variable: string })[];
  readonly parameters: readonly Parameter[];
  readonly body?: Body;
  readonly replies: readonly Reply[];
  /** Lines for its doc comment, already safe. */
  readonly doc: readonly string[];
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  /** As it is called on the wire. */
  readonly name: string;
  /** As it is called in code. */
  readonly variable: string;
  readonly type: TypeNode;
  readonly required: boolean;
  readonly doc: readonly string[];
}

export interface Body {
  readonly type: TypeNode;
  readonly required: boolean;
  /** Only when it is another than application/json. */
  readonly mediaType?: string;
}

/** What one or more successful statuses bring; without statuses it is every successful one. */
export interface Reply {
  readonly statuses: readonly number[];
  readonly body: TypeNode;
  readonly hasEtag: boolean;
  /** Only when it is another than application/json. */
  readonly mediaType?: string;
}
