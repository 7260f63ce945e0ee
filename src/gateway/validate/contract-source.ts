import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { FeatureContext } from '../pipeline/feature.ts';
import { isRefusal } from '../pipeline/outcome.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import type { UsableContract } from './compile-contract.ts';
import { inTurns } from './in-turns.ts';
import type { SchemaChecker } from './compile-schemas.ts';

const path = '/openapi.json';
const timeoutMs = 5000;
const maxBytes = 4 * 1024 * 1024;
/** After this the document is asked for again, since an instance can be replaced at the same address. */
const freshMs = 30_000;
const retryMs = 2000;
/** How long a request waits for a contract that is just being fetched. */
const patienceMs = 3000;

type SourceContext = Pick<FeatureContext, 'call' | 'log'>;

/** The contracts of services, fetched from their instances and kept as long as their text is the same. */
export class ContractSource {
  private readonly entries = new WeakMap<ServiceInstances, Entry>();
  private readonly context: SourceContext;

  constructor(context: SourceContext) {
    this.context = context;
  }

  /** What is known now; asks for more in the background when that is old. */
  known(service: ServiceInstances): UsableContract | undefined {
    return this.entry(service).known();
  }

  /** The same, after a short wait if nothing is known but may be soon. */
  async soon(service: ServiceInstances): Promise<UsableContract | undefined> {
    const entry = this.entry(service);
    return entry.known() ?? entry.soon();
  }

  private entry(service: ServiceInstances): Entry {
    const known = this.entries.get(service) ?? new Entry(service, this.context);
    this.entries.set(service, known);
    return known;
  }
}

class Entry {
  private usable: UsableContract | undefined;
  private hash = '';
  /** Why it could not be had the last time. */
  private reason = '';
  /** The instances it was last asked of: others may be of another version. */
  private instances = '';
  private nextAt = 0;
  private fetching: Promise<void> | undefined;
  private readonly service: ServiceInstances;
  private readonly context: SourceContext;

  constructor(service: ServiceInstances, context: SourceContext) {
    this.service = service;
    this.context = context;
  }

  known(): UsableContract | undefined {
    if (!this.fetching && (performance.now() >= this.nextAt || this.haveChanged())) void this.refresh();
    return this.usable;
  }

  async soon(): Promise<UsableContract | undefined> {
    if (this.fetching) await Promise.race([this.fetching, patience()]);
    return this.usable;
  }

  private haveChanged(): boolean {
    return this.instances !== describeInstances(this.service);
  }

  private async refresh(): Promise<void> {
    this.instances = describeInstances(this.service);
    this.nextAt = performance.now() + freshMs;
    this.fetching = this.fetch();
    await this.fetching;
    this.fetching = undefined;
  }

  private async fetch(): Promise<void> {
    const { service, context } = this;
    const fields = ['accept', 'application/json'];
    const request = { service, method: 'GET', path, fields, timeoutMs, retryAttempts: 2, maxBytes };
    const answer = await context.call(request);
    if (isRefusal(answer) || answer.status !== 200) return this.giveUp(isRefusal(answer) ? answer.detail : 'none');
    const hash = createHash('sha256').update(answer.body).digest('base64');
    if (hash === this.hash) return;
    try {
      // Only now: most gateways validate nothing, and its packages are as large as the gateway.
      const { compileContract } = await import('./compile-contract.ts');
      this.usable = await inTurns(compileContract(answer.body));
      this.hash = hash;
      this.reason = '';
      this.tellOmitted(this.usable);
      void this.prepareAll(this.usable.checker);
    } catch (error) {
      this.giveUp(error instanceof Error ? error.message : String(error), { isBroken: true });
    }
  }

  /** The one that is known stays in use: a service is not without a contract because it is down. */
  private giveUp(reason: string, { isBroken } = { isBroken: false }): void {
    this.nextAt = performance.now() + retryMs;
    const isNews = reason !== this.reason && (isBroken || !this.usable);
    this.reason = reason;
    const level = isNews ? 'warn' : 'debug';
    this.context.log.say(level, 'service without a usable contract', { service: this.service.name, reason });
  }

  private tellOmitted({ contract }: UsableContract): void {
    const { omitted } = contract.schemas;
    if (omitted.length === 0) return;
    const examples = omitted.slice(0, 5).map((text) => text.slice(0, 200));
    this.context.log.say('warn', 'parts of a contract are not checked', {
      service: this.service.name,
      count: omitted.length,
      examples,
    });
  }

  /** Compiles every schema, one per turn, so that no request has to wait for more than one. */
  private async prepareAll(checker: SchemaChecker): Promise<void> {
    for (const name of checker.names) {
      await nextTurn();
      try {
        checker.prepare(name);
      } catch (error) {
        const service = this.service.name;
        this.context.log.say('warn', 'schema of a contract is not checked', { service, error: String(error) });
      }
    }
  }
}

function describeInstances({ endpoints }: ServiceInstances): string {
  return endpoints.map(({ id, address, port, status }) => `${id} ${address}:${port} ${status}`).join();
}

function patience(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, patienceMs).unref());
}
