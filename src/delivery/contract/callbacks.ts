import { printable } from './change.ts';
import { report, type Comparison } from './comparison.ts';
import { declaredOf, memberOf, resolveMapping, type ContractDocument } from './document.ts';
import type { OperationPair } from './operation-pair.ts';
import { compareRequestBodies } from './request-body.ts';
import { compareResponses } from './responses.ts';

/** Requests that the service sends to its callers: what is a request here is answered by them, so directions are turned round. */
export function compareCallbacks(comparison: Comparison, pair: OperationPair): void {
  const from = callbacksOf(comparison.from, pair.from.operation);
  const to = callbacksOf(comparison.to, pair.to.operation);
  compareSent(comparison, { from, to, kind: 'callback' });
}

/** The same for `webhooks`. */
export function compareWebhooks(comparison: Comparison): void {
  compareSent(comparison, { from: webhooksOf(comparison.from), to: webhooksOf(comparison.to), kind: 'webhook' });
}

function webhooksOf(document: ContractDocument): Sent {
  return sentBy(document, declaredOf(memberOf(document.root, 'webhooks')));
}

/** Operations by their name and method. */
type Sent = ReadonlyMap<string, unknown>;

function callbacksOf(document: ContractDocument, operation: unknown): Sent {
  const named = declaredOf(memberOf(operation, 'callbacks')).flatMap(([name, value]) =>
    declaredOf(resolveMapping(document, value)).map(([expression, item]) => [`${name} ${expression}`, item] as const),
  );
  return sentBy(document, named);
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

function sentBy(document: ContractDocument, items: readonly (readonly [string, unknown])[]): Sent {
  const found = items.flatMap(([name, value]) => {
    const item = resolveMapping(document, value) ?? {};
    return methods.flatMap((method) =>
      Object.hasOwn(item, method) ? [[`${method.toUpperCase()} ${name}`, item[method]] as const] : [],
    );
  });
  return new Map(found);
}

interface SentEnds {
  readonly from: Sent;
  readonly to: Sent;
  readonly kind: 'callback' | 'webhook';
}

function compareSent(comparison: Comparison, { from, to, kind }: SentEnds): void {
  for (const [name, before] of from) {
    const operation = { method: undefined, path: `${kind} ${printable(name)}` };
    if (!to.has(name)) {
      report(comparison, {
        rule: 'callback-removed',
        breaking: true,
        operation,
        document: 'from',
        owner: before,
        says: 'is not sent any more',
      });
      continue;
    }
    const end = { path: '', item: {} };
    const pair = { operation, from: { ...end, operation: before }, to: { ...end, operation: to.get(name) } };
    compareRequestBodies(comparison, pair, 'response');
    compareResponses(comparison, pair, 'request');
  }
}
