import type { Instance } from '../instance.ts';
import { serverVersion } from '../version.ts';

type Facts = readonly (readonly [string, string | number])[];

const everything: ReadonlySet<string> = new Set(['all', 'everything', 'default']);

/** The text of INFO: all sections, or those asked for; names that do not exist give nothing. */
export function renderInfo(names: readonly string[], instance: Instance): string {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const wantsAll = wanted.size === 0 || [...wanted].some((name) => everything.has(name));
  const chosen = Object.entries(sections).filter(([name]) => wantsAll || wanted.has(name.toLowerCase()));
  return chosen.map(([name, facts]) => renderSection(name, facts(instance))).join('\r\n');
}

function renderSection(name: string, facts: Facts): string {
  return `# ${name}\r\n${facts.map(([fact, value]) => `${fact}:${value}\r\n`).join('')}`;
}

const sections: Readonly<Record<string, (instance: Instance) => Facts>> = {
  Server: ({ runId, port, clock, startedAtMs }) => [
    ['redis_version', serverVersion],
    ['redis_mode', 'standalone'],
    ['msa_embedded', 1],
    ['os', `${process.platform} ${process.arch}`],
    ['arch_bits', 64],
    ['process_id', process.pid],
    ['run_id', runId],
    ['tcp_port', port],
    ['uptime_in_seconds', Math.floor((clock.now() - startedAtMs) / 1000)],
  ],
  Clients: ({ sessions, limits, blocking }) => [
    ['connected_clients', sessions.size],
    ['maxclients', limits.maxClients],
    ['blocked_clients', blocking.size],
  ],
  Memory: () => {
    const { heapUsed, rss } = process.memoryUsage();
    return [
      ['used_memory', heapUsed],
      ['used_memory_rss', rss],
      ['maxmemory', 0],
      ['maxmemory_policy', 'noeviction'],
    ];
  },
  // ioredis does not begin before `loading` is 0.
  Persistence: () => [
    ['loading', 0],
    ['rdb_changes_since_last_save', 0],
    ['aof_enabled', 0],
  ],
  Stats: ({ counters, pubSub }) => [
    ['total_connections_received', counters.connections],
    ['total_commands_processed', counters.commands],
    ['rejected_connections', counters.rejected],
    ['expired_keys', counters.expired],
    ['pubsub_channels', pubSub.channels.length],
    ['pubsub_patterns', pubSub.patternCount],
  ],
  Replication: () => [
    ['role', 'master'],
    ['connected_slaves', 0],
  ],
  Cluster: () => [['cluster_enabled', 0]],
  Keyspace: ({ databases }) =>
    databases
      .filter(({ size }) => size > 0)
      .map(({ index, size, expiringCount }) => [`db${index}`, `keys=${size},expires=${expiringCount},avg_ttl=0`]),
};
