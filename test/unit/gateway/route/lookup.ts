import { readTarget } from '../../../../src/gateway/http/normal-path.ts';
import type { RoutedRequest } from '../../../../src/gateway/route/rule-test.ts';

export interface Asked {
  readonly method?: string;
  /** With its query. */
  readonly target: string;
  readonly host?: string;
  readonly fields?: readonly string[];
}

/** A request as routes see it. */
export function asked({ method = 'GET', target, host, fields = [] }: Asked): RoutedRequest {
  const read = readTarget(target);
  if (!('path' in read)) throw new Error(`${target} is refused`);
  return { method, path: read.path, query: read.query, authority: host, head: { fields } };
}

/** `GET api.example.com/orders?beta=1 x-version=2` as a request. */
export function parseAsked(text: string): RoutedRequest {
  const [method = '', address = '', ...conditions] = text.split(' ');
  const slash = address.indexOf('/');
  const host = address.slice(0, slash);
  const fields = conditions.flatMap((condition) => condition.split(/=(.*)/s).slice(0, 2));
  return asked({ method, target: address.slice(slash), fields, ...(host !== '' && { host }) });
}
