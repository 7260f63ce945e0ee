import { isRecord } from '../json/json-paths.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | undefined {
  return isRecord(value) ? value : undefined;
}
