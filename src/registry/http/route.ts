import type { ServerResponse } from 'node:http';

import type { ZodMiniType } from 'zod/mini';

import type { Parts } from '../parts.ts';
import { check } from '../schemas.ts';
import { Problem } from './problem.ts';

/** One operation of the API: what serves it, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** With parameters as OpenAPI writes them: `/v1/sources/{name}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** What its body must be; undefined when it takes none. */
  readonly body?: NamedSchema;
  /** The good answers by status; problems come on top. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  readonly handle: (parts: Parts, input: Input) => Answer | Promise<Answer>;
}

export interface NamedSchema {
  /** Its name in the document. */
  readonly name: string;
  readonly schema: ZodMiniType;
}

interface AnswerDescription {
  readonly description: string;
  /** `application/json` when it has a schema. */
  readonly type?: string;
  readonly body?: NamedSchema;
}

export interface Input {
  readonly params: Readonly<Record<string, string>>;
  /** Parsed and not checked; undefined when the route takes none. */
  readonly body: unknown;
  /** What the client already has: If-None-Match. */
  readonly knownTag: string | undefined;
}

export type Answer =
  | { readonly kind: 'empty'; readonly status: 204 | 304 }
  | { readonly kind: 'json'; readonly value: unknown; readonly tag?: string }
  | { readonly kind: 'text'; readonly type: string; readonly text: string }
  /** Takes over the response. */
  | { readonly kind: 'stream'; readonly start: (response: ServerResponse) => void };

/** The part of a route that takes a body: the handler only sees what fits the schema that the document shows. */
export function withBody<Value>(
  name: string,
  schema: ZodMiniType<Value>,
  handle: (parts: Parts, body: Value, params: Input['params']) => Answer,
): Pick<Required<Route>, 'body' | 'handle'> {
  return {
    body: { name, schema },
    handle: (parts, { body, params }) => {
      const checked = check(schema, body);
      if (!checked.ok) throw new Problem(422, 'the body does not fit its schema', { problems: checked.problems });
      return handle(parts, checked.value, params);
    },
  };
}

/** Whoever may not write may still read all there is. */
export function needsToken({ method }: Route): boolean {
  return method !== 'GET';
}
