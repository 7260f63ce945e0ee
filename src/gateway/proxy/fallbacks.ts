import { headers } from '../../protocol/headers.ts';
import type { Fallback, FallbackPolicy } from '../../protocol/policies/fallback.ts';
import type { WholeAnswer } from '../pipeline/outcome.ts';
import type { Incoming } from './incoming.ts';

/** What stands in for a service: an answer that is there, or another service to ask. */
export type Substitute =
  | { readonly kind: 'answer' | 'stale'; readonly answer: WholeAnswer }
  | { readonly kind: 'service'; readonly name: string };

/** The fallbacks of a route for one request, to be taken one after the other until one of them answers. */
export class Fallbacks {
  private next = 0;
  private readonly policy: FallbackPolicy;
  private readonly incoming: Incoming;

  constructor(policy: FallbackPolicy, incoming: Incoming) {
    this.policy = policy;
    this.incoming = incoming;
  }

  /** The next one that has something; `unseen` says that no instance can have had the request. */
  take(unseen: boolean): Substitute | undefined {
    while (this.next < this.policy.length) {
      const fallback = this.policy[this.next];
      this.next += 1;
      const substitute = fallback && this.substituteOf(fallback, unseen);
      if (substitute) return substitute;
    }
    return undefined;
  }

  private substituteOf(fallback: Fallback, unseen: boolean): Substitute | undefined {
    const { method, body } = this.incoming;
    const isRead = method === 'GET' || method === 'HEAD';
    if (fallback.kind === 'service') {
      // Elsewhere, what changes something may have happened already; and a body that has been passed on is gone.
      const canBeSent = (isRead || unseen) && body?.kind !== 'coming';
      return canBeSent ? { kind: 'service', name: fallback.service } : undefined;
    }
    // An answer that was there before says nothing of a change that was asked for now.
    if (!isRead) return undefined;
    const answer = fallback.kind === 'stale' ? this.incoming.stale?.(fallback.forMs) : answerOf(fallback);
    return answer && { kind: fallback.kind, answer };
  }
}

function answerOf({ status, type, body }: Fallback & { kind: 'answer' }): WholeAnswer {
  const bytes = Buffer.from(body);
  return { status, fields: bytes.length === 0 ? [] : ['content-type', type], body: bytes };
}

/** Marks an answer as one that is not the service's own, which nobody may keep in its place. */
export function markSubstitute(fields: readonly string[], kind: Substitute['kind']): string[] {
  const marked: string[] = [headers.fallback, kind];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    // What was stored says itself how old it is.
    if (kind === 'stale' || name.toLowerCase() !== 'cache-control') marked.push(name, fields[index + 1] ?? '');
  }
  if (kind !== 'stale') marked.push('cache-control', 'no-store');
  return marked;
}
