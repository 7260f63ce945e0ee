import { createHash, randomBytes } from 'node:crypto';
import { itemLinks } from './links.ts';
import { Problem, problem } from './problem.ts';
import { actionsOf, isAllowed } from './resource.ts';
import type { Action, Resource } from './resource.ts';
import type { RuleCall, Rules } from './rule-types.ts';
import type { Change, Item, Outcome, Store } from './store.ts';

type Fields = Item['fields'];

/** One request that wants to change something. */
export interface Command {
  readonly call: RuleCall;
  /** Refuses unless the client has seen this version of the item. */
  readonly requireSeen: (version: number) => void;
  /** What links in a refusal begin with. */
  readonly base: string;
}

export interface Result {
  readonly outcome: Outcome;
  /** The outcome is that of an earlier request with the same key. */
  readonly replayed: boolean;
}

export interface Target {
  readonly id: string;
  readonly action: Action;
  /** For edits. */
  readonly draft?: Fields;
}

export interface Commands {
  create(draft: Fields, command: Command): Promise<Result>;
  change(target: Target, command: Command): Promise<Result>;
}

// Only a client that accepts any version gets a second attempt; for others the second look refuses.
const maxAttempts = 20;

/**
 * What the service does, apart from HTTP. An effect and its idempotency key are committed together, and nothing is
 * written before: a crash leaves nothing behind, and a retry on any instance either runs or replays.
 */
export function createCommands<R extends Resource>(resource: R, rules: Rules<R>, store: Store): Commands {
  const running = new Set<string>();
  const runRule = createRuleRunner(rules);

  /** Runs the work unless its key is known already; two at once are only told apart within this instance. */
  async function once(command: Command, fingerprint: string, work: () => Promise<Result>): Promise<Result> {
    const key = command.call.idempotencyKey;
    if (key === undefined) return work();
    if (running.has(key)) {
      throw problem('still-running', 'The first request with this key has not ended.', {
        headers: { 'retry-after': '1' },
      });
    }
    running.add(key);
    try {
      const earlier = await store.outcome(key);
      return earlier ? replay(earlier, fingerprint) : await work();
    } catch (refusal) {
      // What refuses us can be the effect of this very request, had on another instance since we looked.
      const meanwhile = refusal instanceof Problem ? await store.outcome(key) : undefined;
      if (meanwhile) return replay(meanwhile, fingerprint);
      throw refusal;
    } finally {
      running.delete(key);
    }
  }

  /** Undefined when somebody else was faster. */
  async function commit(change: Change, outcome: Outcome, key: string | undefined): Promise<Result | undefined> {
    const result = await store.commit(key === undefined ? change : { ...change, record: { key, outcome } });
    if (result.kind === 'replay') return replay(result.outcome, outcome.fingerprint);
    return result.kind === 'committed' ? { outcome, replayed: false } : undefined;
  }

  /** One look at the item and one attempt to change it; undefined when somebody else was faster. */
  async function tryChange(target: Target, command: Command, fingerprint: string): Promise<Result | undefined> {
    const { id, action, draft } = target;
    const item = await store.get(id);
    if (!item) throw problem('not-found', `There is no ${resource.title} with this id.`);
    command.requireSeen(item.version);
    requireState(resource, { item, action, base: command.base });
    const changes = await runRule(action.rel, item, ...(draft ? [draft] : []), command.call);
    const changed = nextItem(item, action, { ...(draft ?? item.fields), ...changes });
    const isDeletion = action.kind === 'delete';
    const change = { id, expectedVersion: item.version, next: isDeletion ? undefined : changed };
    const outcome = { fingerprint, status: isDeletion ? 204 : 200, item: changed } as const;
    return commit(change, outcome, command.call.idempotencyKey);
  }

  return {
    async create(draft, command) {
      const fingerprint = fingerprintOf('create', resource.plural, draft);
      return once(command, fingerprint, async () => {
        const changes = await runRule('create', draft, command.call);
        const item = newItem(resource, { ...draft, ...changes });
        const change = { id: item.id, expectedVersion: 0, next: item };
        const result = await commit(change, { fingerprint, status: 201, item }, command.call.idempotencyKey);
        if (!result) throw new Error(`The id ${item.id} exists already`);
        return result;
      });
    },

    async change(target, command) {
      const fingerprint = fingerprintOf(target.action.rel, target.id, target.draft);
      return once(command, fingerprint, async () => {
        for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
          const result = await tryChange(target, command, fingerprint);
          if (result) return result;
        }
        throw problem('changed-meanwhile', 'Others kept changing the item.', { headers: { 'retry-after': '1' } });
      });
    },
  };
}

function createRuleRunner(rules: object): (name: string, ...given: readonly unknown[]) => Promise<Fields> {
  const known = new Map(Object.entries(rules));
  return async (name, ...given) => (await known.get(name)?.(...given)) ?? {};
}

function replay(outcome: Outcome, fingerprint: string): Result {
  if (outcome.fingerprint === fingerprint) return { outcome, replayed: true };
  throw problem('key-reused', 'This Idempotency-Key was used for another request.');
}

function requireState(resource: Resource, { item, action, base }: { item: Item; action: Action; base: string }): void {
  if (isAllowed(action, item.status)) return;
  const allowed = actionsOf(resource).filter((other) => isAllowed(other, item.status));
  const members = {
    currentState: item.status,
    allowed: allowed.map(({ rel }) => rel),
    links: itemLinks(resource, item, base),
  };
  throw problem(
    'illegal-transition',
    `"${action.rel}" is not possible while the ${resource.title} is ${item.status}.`,
    { members },
  );
}

function newItem(resource: Resource, fields: Fields): Item {
  const now = new Date();
  const status = resource.machine?.initial;
  return {
    id: newId(resource.idPrefix, now),
    version: 1,
    ...(status !== undefined && { status }),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    fields,
  };
}

function nextItem(item: Item, action: Action, fields: Fields): Item {
  return {
    ...item,
    version: item.version + 1,
    ...(action.to !== undefined && { status: action.to }),
    updatedAt: new Date().toISOString(),
    fields,
  };
}

/** Sorts by time, so that paging by id is paging by age; the rest is random, so that ids cannot be guessed. */
function newId(prefix: string, now: Date): string {
  return `${prefix}_${now.getTime().toString(36).padStart(9, '0')}${randomBytes(10).toString('hex')}`;
}

function fingerprintOf(rel: string, target: string, draft: Fields = {}): string {
  const canonical = JSON.stringify([rel, target, Object.entries(draft).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(canonical).digest('base64url');
}
