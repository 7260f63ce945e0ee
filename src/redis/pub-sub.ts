import { createGlobMatcher, type GlobMatcher } from './match-glob.ts';
import type { Session } from './session.ts';

interface PatternSubscription {
  readonly matches: GlobMatcher;
  readonly sessions: Set<Session>;
}

/** Who listens to which channels and patterns. */
export class PubSub {
  readonly #channels = new Map<string, Set<Session>>();
  readonly #patterns = new Map<string, PatternSubscription>();

  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  get patternCount(): number {
    return this.#patterns.size;
  }

  subscriberCount(channel: string): number {
    return this.#channels.get(channel)?.size ?? 0;
  }

  subscribe(session: Session, channel: string): void {
    session.channels.add(channel);
    const sessions = this.#channels.get(channel) ?? new Set();
    sessions.add(session);
    this.#channels.set(channel, sessions);
  }

  unsubscribe(session: Session, channel: string): void {
    session.channels.delete(channel);
    const sessions = this.#channels.get(channel);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#channels.delete(channel);
  }

  subscribePattern(session: Session, pattern: string): void {
    session.patterns.add(pattern);
    const subscription = this.#patterns.get(pattern) ?? { matches: createGlobMatcher(pattern), sessions: new Set() };
    subscription.sessions.add(session);
    this.#patterns.set(pattern, subscription);
  }

  unsubscribePattern(session: Session, pattern: string): void {
    session.patterns.delete(pattern);
    const sessions = this.#patterns.get(pattern)?.sessions;
    sessions?.delete(session);
    if (sessions?.size === 0) this.#patterns.delete(pattern);
  }

  /** Ends all subscriptions of a client. */
  leave(session: Session): void {
    for (const channel of session.channels) this.unsubscribe(session, channel);
    for (const pattern of session.patterns) this.unsubscribePattern(session, pattern);
  }

  /** Sends a message to everyone concerned; how many that were. */
  publish(channel: string, message: string): number {
    let receivers = 0;
    for (const session of this.#channels.get(channel) ?? []) {
      session.push(['message', channel, message]);
      receivers++;
    }
    for (const [pattern, { matches, sessions }] of this.#patterns) {
      if (!matches(channel)) continue;
      for (const session of sessions) session.push(['pmessage', pattern, channel, message]);
      receivers += sessions.size;
    }
    return receivers;
  }
}
