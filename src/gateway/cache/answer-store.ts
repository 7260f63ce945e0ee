import { randomBytes } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { fieldOf } from '../http/fields.ts';
import type { SharedStore } from '../redis/shared-store.ts';
import { Flights } from './flights.ts';
import { decodeAnswer, encodeAnswer } from './kept-answer.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { LevelledStore } from './levelled-store.ts';
import type { Place } from './levelled-store.ts';
import { decodeResource, encodeResource, joinVary, variantKey } from './variants.ts';
import type { Asker, Resource } from './variants.ts';

const mebibyte = 1024 ** 2;
/** Longer than any answer is kept. */
const resourceMs = 90_000_000;
/** Requests that were under way when something was changed are over by then. */
const changeMs = 600_000;
const failingMs = 1000;
const maxFailing = 4096;

interface Keepable {
  readonly resourceKey: string;
  readonly asker: Asker;
  /** Names by which the route keeps answers apart, whatever they say. */
  readonly vary: readonly string[];
  readonly answer: KeptAnswer;
  readonly forMs: number;
  /** In which it was asked for. */
  readonly era: number;
}

/** All that is kept, and what is under way, of all routes and edges. */
export class AnswerStore {
  readonly flights = new Flights();
  readonly resources: LevelledStore<Resource>;
  readonly answers: LevelledStore<KeptAnswer>;
  /** How often everything was to be forgotten: what was asked for in another era is kept no more. */
  era = 0;
  /** Keys whose service failed a moment ago: meanwhile it is not asked again for what can be given stale. */
  private readonly failing = new LRUCache<string, true>({ max: maxFailing, ttl: failingMs });

  constructor(redis: SharedStore) {
    this.resources = new LevelledStore(
      {
        letter: 'r',
        encode: encodeResource,
        decode: decodeResource,
        sizeOf: ({ vary }) => 100 * (vary.length + 1),
        localBytes: 4 * mebibyte,
        sharedBytes: 16 * mebibyte,
      },
      redis,
    );
    this.answers = new LevelledStore(
      {
        letter: 'a',
        encode: encodeAnswer,
        decode: decodeAnswer,
        sizeOf: sizeOfAnswer,
        localBytes: 32 * mebibyte,
        sharedBytes: 64 * mebibyte,
      },
      redis,
    );
  }

  /** Nothing that was kept in another place is found any more. */
  setPlace(place: Place): void {
    if (this.resources.setPlace(place)) this.era += 1;
    this.answers.setPlace(place);
  }

  isFailing(key: string): boolean {
    return this.failing.has(key);
  }

  noteFailing(key: string): void {
    this.failing.set(key, true);
  }

  /** Keeps an answer; false when its resource has been changed since it was asked for, or it differs by too much. */
  async keep({ resourceKey, asker, vary, answer, forMs, era }: Keepable): Promise<boolean> {
    if (era !== this.era) return false;
    const known = await this.resources.find(resourceKey);
    if (known && known.changedAt >= answer.requestedAt) return false;
    const resource = await this.settleResource(resourceKey, known, [...vary, ...namesOf(answer)]);
    if (!resource || era !== this.era) return false;
    this.answers.keep(variantKey(resource, asker), answer, forMs);
    return true;
  }

  /** Begins a new generation: nothing that was kept of the resource is found any more, here or by other gateways. */
  noteChange(resourceKey: string): void {
    const resource = { generation: newGeneration(), vary: [], changedAt: Date.now() };
    this.resources.keep(resourceKey, resource, changeMs);
  }

  /** What is known of a path from now on; undefined when its answers differ by more than can be kept apart. */
  private async settleResource(
    key: string,
    known: Resource | undefined,
    names: readonly string[],
  ): Promise<Resource | undefined> {
    const first = { generation: newGeneration(), vary: joinVary([], names) ?? [], changedAt: 0 };
    const resource = known ?? (await this.resources.keepFirst(key, first, resourceMs));
    const vary = joinVary(resource.vary, names);
    if (!vary) return undefined;
    if (vary.length === resource.vary.length) {
      if (known) this.resources.prolong(key, known, resourceMs);
      return resource;
    }
    const widened = { ...resource, vary };
    this.resources.keep(key, widened, resourceMs);
    return widened;
  }
}

function namesOf({ facts, fields }: KeptAnswer): readonly string[] {
  const named = facts.vary === '*' ? [] : facts.vary;
  // Services forget to say so; a client that cannot read it would get it.
  return fieldOf(fields, 'content-encoding') === undefined ? named : [...named, 'accept-encoding'];
}

function sizeOfAnswer({ fields, body }: KeptAnswer): number {
  let size = body.length;
  for (const text of fields) size += text.length;
  return size;
}

function newGeneration(): string {
  return randomBytes(12).toString('base64url');
}
