import { fieldOf } from '../http/fields.ts';
import type { RouteTarget } from '../state/targets.ts';
import type { RoutedRequest } from './rule-test.ts';
import type { RouteTable } from './route-table.ts';

type Found = Pick<RouteTarget, 'declared'>;

/**
 * The route of a request. A browser that asks beforehand whether a page may send one (a preflight) is answered by the
 * route that would take it, if that route says who may: one for certain methods seldom names OPTIONS among them.
 */
export function findRoute<T extends Found>(table: RouteTable<T>, request: RoutedRequest): T | undefined {
  const found = table.find(request);
  if (request.method !== 'OPTIONS') return found;
  const { authority, path, query, head } = request;
  const method = fieldOf(head.fields, 'access-control-request-method');
  if (method === undefined || fieldOf(head.fields, 'origin') === undefined) return found;
  const meant = table.find({ authority, path, query, head, method });
  return meant && 'cors' in (meant.declared.policy ?? {}) ? meant : found;
}
