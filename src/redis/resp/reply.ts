/**
 * What a command answers, before it is written in one of the two protocols. A text is a byte string: each of its code
 * units is one byte (latin1), so that any bytes pass unharmed, compare as memcmp does and can be keys of a Map.
 */
export type Reply = string | number | bigint | null | readonly Reply[] | SpecialReply;

type SpecialReply =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] }
  /** An array of pairs in RESP3, their flat list in RESP2. */
  | { readonly kind: 'pairs'; readonly entries: readonly (readonly [Reply, Reply])[] }
  | { readonly kind: 'set'; readonly items: readonly Reply[] }
  | { readonly kind: 'push'; readonly items: readonly Reply[] }
  | { readonly kind: 'verbatim'; readonly text: string }
  | { readonly kind: 'null-array' }
  /** Nothing now: the command has written its replies itself, or is blocked and will. */
  | { readonly kind: 'none' };

export const ok: Reply = { kind: 'status', text: 'OK' };
export const queued: Reply = { kind: 'status', text: 'QUEUED' };
export const nullArray: Reply = { kind: 'null-array' };
export const noReply: Reply = { kind: 'none' };

/** A simple string. */
export function status(text: string): Reply {
  return { kind: 'status', text };
}

/** An error; the code comes first in its text. */
export function errorReply(text: string): Reply {
  return { kind: 'error', text };
}

/** A double, a bulk string in RESP2. */
export function double(value: number): Reply {
  return { kind: 'double', value };
}

/** A map, a flat array in RESP2. */
export function map(entries: readonly (readonly [Reply, Reply])[]): Reply {
  return { kind: 'map', entries };
}

/** Pairs, a flat array in RESP2. */
export function pairs(entries: readonly (readonly [Reply, Reply])[]): Reply {
  return { kind: 'pairs', entries };
}

/** A set, an array in RESP2. */
export function set(items: readonly Reply[]): Reply {
  return { kind: 'set', items };
}

/** A message out of band, an array in RESP2. */
export function push(items: readonly Reply[]): Reply {
  return { kind: 'push', items };
}

/** Text for people, a bulk string in RESP2. */
export function verbatim(text: string): Reply {
  return { kind: 'verbatim', text };
}
