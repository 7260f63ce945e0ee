import type { BodyChange, JsonPath, QueryChange, TransformPolicy } from '../../protocol/policies/transform.ts';
import { readJsonPath } from '../schema/json-path.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { parseSizeBytes } from '../schema/quantities.ts';

type Written = NonNullable<WrittenPolicy['transform']>;
type WrittenRequest = NonNullable<Written['request']>;
type WrittenBody = NonNullable<WrittenRequest['body']>;

/** The changes to messages; undefined when there are none. */
export function transformPolicy(written: WrittenPolicy['transform']): TransformPolicy | undefined {
  const { query, body } = written?.request ?? {};
  const answer = written?.response?.body;
  if (!query && !body && !answer) return undefined;
  return {
    ...((query || body) && {
      request: { ...(query && { query: queryChange(query) }), ...(body && { body: bodyChange(body) }) },
    }),
    ...(answer && { response: { body: bodyChange(answer) } }),
    maxBytes: parseSizeBytes(written?.maxBody ?? '1m'),
  };
}

function queryChange({ remove, rename, set }: NonNullable<WrittenRequest['query']>): QueryChange {
  return {
    remove: remove ?? [],
    rename: Object.entries(rename ?? {}),
    set: Object.entries(set ?? {}).map(([name, value]) => [name, String(value)]),
  };
}

function bodyChange({ pick, remove, rename, set, wrap }: WrittenBody): BodyChange {
  return {
    ...(pick !== undefined && { pick: readJsonPath(pick) }),
    remove: (remove ?? []).map(readJsonPath),
    rename: readRenames(rename),
    set: Object.entries(set ?? {}).map(([place, value]) => [readJsonPath(place), value]),
    ...(wrap !== undefined && { wrap }),
  };
}

/** Places by the places they go to, as steps. */
export function readRenames(rename: Readonly<Record<string, string>> | null | undefined): [JsonPath, JsonPath][] {
  return Object.entries(rename ?? {}).map(([from, to]) => [readJsonPath(from), readJsonPath(to)]);
}
