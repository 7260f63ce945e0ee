import { setTimeout as sleep } from 'node:timers/promises';

import type { Log } from '../observe/log.ts';
import type { ExchangeParts } from '../proxy/exchange.ts';
import { refuse } from '../problems.ts';
import type { EdgeTarget } from '../state/targets.ts';
import { Listener } from './listener.ts';

interface OpenEdge {
  readonly listener: Listener;
  target: EdgeTarget;
  problem: string | undefined;
  /** Resolves when it listens, or has been closed before. */
  ready: Promise<void>;
}

interface EdgeParts {
  readonly host: string;
  readonly handler: ExchangeParts;
  readonly log: Log;
}

const retryMs = 1000;

/** Keeps one listener per edge, opened and closed as edges come and go. */
export class EdgeListeners {
  /** By port. */
  private readonly open = new Map<number, OpenEdge>();
  private readonly parts: EdgeParts;

  constructor(parts: EdgeParts) {
    this.parts = parts;
  }

  /** Resolves when all of them listen; one whose port is taken is tried again until it is free or the edge is gone. */
  async apply(targets: readonly EdgeTarget[]): Promise<void> {
    const wanted = new Map(targets.map((target) => [target.port, target]));
    const gone = [...this.open].filter(([port, { target }]) => wanted.get(port)?.name !== target.name);
    for (const [port] of gone) void this.closeEdge(port);
    await Promise.all(targets.map((target) => this.openEdge(target)));
  }

  /** Why an edge does not listen, by its name; empty when all do. */
  problems(): ReadonlyMap<string, string> {
    const failed = [...this.open.values()].filter(({ problem }) => problem !== undefined);
    return new Map(failed.map(({ target, problem }) => [target.name, problem ?? '']));
  }

  applyLimits(): void {
    for (const { listener } of this.open.values()) listener.applyLimits();
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.keys()].map((port) => this.closeEdge(port)));
  }

  private openEdge(target: EdgeTarget): Promise<void> {
    const known = this.open.get(target.port);
    if (known) {
      known.target = target;
      return known.ready;
    }
    const edge: OpenEdge = {
      target,
      problem: undefined,
      listener: this.createListener(target),
      ready: Promise.resolve(),
    };
    this.open.set(target.port, edge);
    edge.ready = this.listen(edge);
    return edge.ready;
  }

  private createListener({ port, name, pseudonym }: EdgeTarget): Listener {
    return new Listener(
      {
        name,
        pseudonym: () => pseudonym,
        find: ({ connection }) => {
          const target = this.open.get(port)?.target;
          if (!target) return refuse('unavailable', `The edge ${name} is being closed.`);
          if (!target.checkCaller || target.caller.addresses.has(connection.address)) return target;
          return refuse('caller-not-allowed', `${connection.address} is no instance of ${target.caller.name}.`);
        },
      },
      this.parts.handler,
    );
  }

  private async listen(edge: OpenEdge): Promise<void> {
    const { port, name } = edge.target;
    while (this.open.get(port) === edge) {
      try {
        await edge.listener.listen(port, this.parts.host);
        edge.problem = undefined;
        return;
      } catch (error) {
        const problem = `port ${port} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
        if (edge.problem === undefined) this.parts.log.say('error', 'edge does not listen', { edge: name, problem });
        edge.problem = problem;
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }

  /** Its port is free at once; requests under way finish. */
  private async closeEdge(port: number): Promise<void> {
    const edge = this.open.get(port);
    this.open.delete(port);
    if (edge?.problem === undefined) await edge?.listener.close(this.parts.handler.limits.drainMs);
  }
}
