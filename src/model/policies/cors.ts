import type { CorsPolicy } from '../../protocol/policies/cors.ts';
import { parseDurationMs } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

const defaultMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What Gateway API has, and what browsers do without being told. */
const defaultMaxAgeSeconds = 5;

/** Whose pages may use a route; undefined when nothing is asked for. */
export function corsPolicy({ cors }: WrittenPolicy): CorsPolicy | undefined {
  if (cors === undefined || cors === null || cors === false) return undefined;
  const { origins, methods, headers, expose, credentials = false, maxAge } = cors === true ? {} : cors;
  return {
    origins: origins ?? ['*'],
    methods: methods ?? defaultMethods,
    headers: lowerCase(headers ?? ['*']),
    expose: lowerCase(expose ?? []),
    credentials,
    maxAgeSeconds: maxAge === undefined ? defaultMaxAgeSeconds : Math.floor(parseDurationMs(maxAge) / 1000),
  };
}

function lowerCase(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}
