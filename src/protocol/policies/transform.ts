/** How a route changes requests and answers on their way. What is left out stays as it is. */
export interface TransformPolicy {
  readonly request?: { readonly query?: QueryChange; readonly body?: BodyChange };
  readonly response?: { readonly body: BodyChange };
  /** A JSON body above this is not changed but refused. */
  readonly maxBytes: number;
}

/** Done in this order; names are decoded. */
export interface QueryChange {
  readonly remove: readonly string[];
  readonly rename: readonly (readonly [from: string, to: string])[];
  readonly set: readonly (readonly [name: string, value: string])[];
}

/** Steps to a place in a JSON document: names, indexes, `*` for every item of a list. */
export type JsonPath = readonly string[];

/** Done in this order. */
export interface BodyChange {
  /** The part of the document that takes the place of the whole. */
  readonly pick?: JsonPath;
  readonly remove: readonly JsonPath[];
  readonly rename: readonly (readonly [from: JsonPath, to: JsonPath])[];
  readonly set: readonly (readonly [place: JsonPath, value: unknown])[];
  /** The document becomes this member of a new one. */
  readonly wrap?: string;
}
