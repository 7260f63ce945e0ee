import type { AggregateCall, AggregatePolicy, Template } from '../../protocol/policies/aggregate.ts';
import { prototypeNames } from '../json/json-paths.ts';
import { checkPath } from '../transform/check-transform.ts';
import { problemsMember } from './merge-parts.ts';
import { orderCalls } from './run-calls.ts';

const maxCalls = 64;
const maxItems = 1000;
const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const callName = /^[a-z][a-z0-9-]{0,62}$/;

/** Throws when calls have not the form they need, or can be put in no order. */
export function checkAggregate({ base, timeoutMs, calls }: AggregatePolicy): void {
  if (!(timeoutMs > 0) || typeof base !== 'string') throw new TypeError('the time or the path is none');
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > maxCalls) throw new TypeError('calls are none');
  for (const call of calls) checkCall(call);
  orderCalls(calls);
}

function checkCall(call: AggregateCall): void {
  const { name, service, method, path, query, headers } = call;
  if (!callName.test(name) || typeof service !== 'string') throw new TypeError('a call has no name or no service');
  if (method !== 'GET' && method !== 'POST') throw new TypeError(`${name} has a method that is not known`);
  if (typeof path[0] !== 'string' || !path[0].startsWith('/')) throw new TypeError(`${name} has no path`);
  for (const template of [path, ...query.map(([, value]) => value)]) checkTemplate(template);
  if (!headers.every((field) => fieldName.test(field))) throw new TypeError(`${name} passes on what is no field`);
  checkShape(call);
}

function checkShape({ name, forEach, pick = [], allow = [], deny = [], rename = [], place }: AggregateCall): void {
  const isBounded = !forEach || (forEach.limit <= maxItems && forEach.parallel >= 1 && forEach.parallel <= maxItems);
  if (!isBounded) throw new TypeError(`${name} is made for too many items`);
  for (const steps of [pick, ...allow, ...deny, ...rename.flat()]) checkPath(steps);
  if (place.kind === 'group' && (prototypeNames.has(place.key) || place.key === problemsMember))
    throw new TypeError(`${name} has no place in the result`);
}

function checkTemplate(template: Template): void {
  for (const part of template) {
    // Whatever is no printable ASCII could end the request line.
    if (typeof part === 'string' && !/^[!-~]*$/.test(part)) throw new TypeError('an address has strange characters');
    if (typeof part !== 'string' && (part.from === 'call' || part.from === 'item')) checkPath(part.steps);
  }
}
