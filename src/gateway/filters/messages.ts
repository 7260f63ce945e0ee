/*
 * What the gateway and the thread of a filter say to each other: plain data, for all of it is copied. What comes from a
 * thread is what the user's code made of it: read-result.ts takes nothing of it on trust.
 */

/** What a thread is started with. */
export interface ThreadStart {
  readonly name: string;
  readonly code: string;
  /** One number: how many calls the thread has taken. It can be read also while the thread is stuck. */
  readonly taken: SharedArrayBuffer;
  /** One number: how many lines of the log were too many. */
  readonly droppedLines: SharedArrayBuffer;
}

export type Stage = 'pre' | 'post' | 'error';

export type ToThread = CallMessage | { readonly kind: 'ping' };

export interface CallMessage {
  readonly kind: 'call';
  readonly id: number;
  readonly stage: Stage;
  readonly context: ContextFacts;
  readonly subject: RequestFacts | ResponseFacts | ProblemFacts;
}

/** What every stage is told. */
export interface ContextFacts {
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  readonly path: string;
  /** The route's path, or the edge's name. */
  readonly route: string;
  readonly service: string;
  readonly client: string;
  readonly identity: unknown;
  readonly now: number;
  /** What an earlier stage of this request wrote down. */
  readonly notes: Readonly<Record<string, unknown>>;
}

export interface RequestFacts {
  /** In normal form, as the service would be asked now. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
  /** Name and value in turn. */
  readonly fields: readonly string[];
  /** Whether the route stage may choose: it is told of which services. */
  readonly services: readonly string[];
}

export interface ResponseFacts {
  readonly status: number;
  readonly fields: readonly string[];
  /** Undefined when the filter did not ask for bodies. */
  readonly body: Uint8Array | undefined;
}

export interface ProblemFacts {
  readonly problem: Readonly<Record<string, unknown>>;
}

/** One change of header fields. */
export type FieldChange = readonly ['set' | 'append' | 'delete', string, string];

/** What a stage came to. Everything left out stays as it was. */
export interface CallResult {
  readonly fields?: readonly FieldChange[];
  readonly path?: string;
  readonly query?: string;
  /** What the route stage chose. */
  readonly service?: string;
  readonly answer?: FilterAnswer;
  readonly refusal?: FilterRefusal;
  readonly status?: number;
  readonly body?: Uint8Array;
  readonly problem?: Readonly<Record<string, unknown>>;
  readonly notes?: Readonly<Record<string, unknown>>;
}

/** An answer that the filter gives in the service's place. */
export interface FilterAnswer {
  readonly status: number;
  /** Name and value in turn. */
  readonly fields: readonly string[];
  readonly body: Uint8Array;
}

export interface FilterRefusal {
  readonly status: number;
  readonly detail: string;
}

export type FromThread =
  /** It is loaded. */
  | { readonly kind: 'ready'; readonly stages: readonly Stage[]; readonly maxBodyBytes: number }
  /** It cannot be loaded, and never will be. */
  | { readonly kind: 'broken'; readonly problem: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: string }
  | { readonly kind: 'log'; readonly level: string; readonly text: string; readonly requestId: string }
  | { readonly kind: 'pong' };

/** How much of anything goes through. */
export const callLimits = {
  bodyBytes: 1024 * 1024,
  fieldChanges: 64,
  fieldBytes: 8 * 1024,
  targetBytes: 8 * 1024,
  detailBytes: 1024,
  problemBytes: 16 * 1024,
  notesBytes: 4 * 1024,
  logBytes: 2000,
  logLinesPerSecond: 100,
} as const;
