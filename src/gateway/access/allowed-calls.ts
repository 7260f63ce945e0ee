import type { AllowedCall } from '../../protocol/policies/access.ts';
import { isWithin } from '../http/is-within.ts';
import { readTarget } from '../http/normal-path.ts';

/** Makes the test for what may be called by an edge: the method, and the path by elements. Throws with a path that is none. */
export function compileAllowedCalls(calls: readonly AllowedCall[]): (method: string, path: string) => boolean {
  const rules = calls.map(({ method, path }) => ({ method, prefix: normalPrefix(path) }));
  return (method, path) => {
    const asked = method === 'HEAD' ? 'GET' : method;
    return rules.some((rule) => {
      const isMethod = rule.method === undefined || rule.method === asked || rule.method === method;
      return isMethod && isWithin(path, rule.prefix);
    });
  };
}

function normalPrefix(path: string): string {
  const target = readTarget(path);
  if ('path' in target) return target.path.replace(/\/+$/, '');
  throw new TypeError(`${path} cannot be allowed: ${target.detail}`);
}
