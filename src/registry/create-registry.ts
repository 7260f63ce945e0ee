import { randomUUID } from 'node:crypto';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

import type { SourceTable } from '../protocol/registry-api.ts';
import type { System } from '../protocol/system.ts';
import type { DnsEntry } from './dns/dns-entry.ts';
import { DnsSource } from './dns/dns-source.ts';
import { isNear } from './dns/near-networks.ts';
import { createHostResolver } from './dns/resolve-host.ts';
import { GatewayLeases } from './gateway-leases.ts';
import { closeServer, listen } from './http/listen.ts';
import { createApiServer, type Access } from './http/serve.ts';
import { logChanges } from './log-changes.ts';
import type { Log } from './log.ts';
import { probeTarget } from './probe/probe-target.ts';
import { Prober } from './probe/prober.ts';
import { keepStateFile, readStateFile } from './state-file.ts';
import { Conflict, Store } from './store.ts';
import { untilJudged } from './until-judged.ts';
import { Watchers } from './watchers.ts';

export interface RegistryConfig extends Access {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Where what it was told survives a restart; undefined: nowhere. */
  readonly stateFile: string | undefined;
  /** Wins over what the state file remembers; undefined: it waits for a PUT. */
  readonly system: System | undefined;
  readonly dnsEntries: readonly DnsEntry[];
}

/** What it needs of the world beside the network and the state file. */
export interface RegistryDeps {
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface RunningRegistry extends AsyncDisposable {
  readonly port: number;
  /** Ends the watch streams and finishes what is being answered. */
  readonly close: () => Promise<void>;
}

const dnsSourceName = 'dns';
/** Longer than one probe takes. */
const settleMs = 1200;

/**
 * Starts a registry; fulfilled once it serves. After a restart it serves when it has found and probed what there is:
 * gateways go on with what they know until then, and a table without instances that are up would stop them.
 */
export async function createRegistry(config: RegistryConfig, deps: RegistryDeps): Promise<RunningRegistry> {
  const { log, now, random } = deps;
  const store = new Store({ epoch: randomUUID(), now: () => new Date(now()) });
  const undo: (() => void)[] = [logChanges(store, log)];
  restore(store, config, log);
  if (config.stateFile !== undefined) undo.push(keepStateFile(config.stateFile, store, log));
  const prober = new Prober({ store, probe: probeTarget, random, now });
  const watchers = new Watchers(store);
  undo.push(
    () => prober.stop(),
    () => watchers.close(),
  );
  const source = config.dnsEntries.length > 0 ? startDnsSource(store, config.dnsEntries, log) : undefined;
  undo.push(() => source?.close());
  const server = createApiServer({ store, prober, watchers, gateways: new GatewayLeases(now) }, config, log);
  const close = async (): Promise<void> => {
    for (const act of undo.toReversed()) act();
    await closeServer(server);
  };
  try {
    await source?.firstRound;
    await untilJudged(store, settleMs);
    return { port: await listen(server, config), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function restore(store: Store, { stateFile, system }: RegistryConfig, log: Log): void {
  const told = stateFile === undefined ? undefined : readStateFile(stateFile, log);
  const known = system ?? told?.system ?? undefined;
  if (known !== undefined) store.putSystem(known);
  if (told?.keptSince !== undefined) store.putKeptSince(told.keptSince);
  for (const [name, table] of Object.entries(told?.sources ?? {})) putSource({ store, log, name, table });
}

function startDnsSource(store: Store, entries: readonly DnsEntry[], log: Log): DnsSource {
  return new DnsSource(entries, {
    resolver: createHostResolver(),
    isNear: (address) => isNear(address, ownAddresses()),
    known: store.source(dnsSourceName)?.instances ?? [],
    publish: (instances) => putSource({ store, log, name: dnsSourceName, table: { instances } }),
  });
}

/** Networks come and go while a container runs. */
function ownAddresses(): readonly NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}

interface Telling {
  readonly store: Store;
  readonly log: Log;
  readonly name: string;
  readonly table: SourceTable;
}

function putSource({ store, log, name, table }: Telling): void {
  try {
    store.putSource(name, table);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    log('error', `the source ${name} is refused: ${error.message}`);
  }
}
