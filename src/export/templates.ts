import { logDriver, logOptions, maxProcesses, rootCapabilities } from '../plan/containers.ts';
import type { ComposeMapping } from './compose-value.ts';

/** A section that others take over with `<<`. */
interface Template {
  readonly name: string;
  readonly comment: readonly string[];
  readonly value: ComposeMapping;
}

/** In the order of the file: each is written before what takes it over. */
const all = {
  supervised: {
    name: 'x-supervised',
    comment: [
      'The program is a child of an init: it gets its signals, and a crash of it is one that restarts. Not `always`: that',
      'would bring the system back after the machine was restarted.',
    ],
    value: {
      init: true,
      restart: 'on-failure',
      logging: { driver: logDriver, options: logOptions },
    },
  },
  confined: {
    name: 'x-confined',
    comment: [],
    value: {
      '<<': 'x-supervised',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: maxProcesses,
    },
  },
  hardened: {
    name: 'x-hardened',
    comment: ['Nothing that a program does not need: it writes to /tmp and to its volumes only.'],
    value: { '<<': 'x-confined', read_only: true, tmpfs: ['/tmp'] },
  },
  rooted: {
    name: 'x-rooted',
    comment: [
      'For images that run as root. They were not made to do without (they change their user, or write beside their',
      'program), so they keep what such images need.',
    ],
    value: {
      '<<': 'x-confined',
      cap_add: rootCapabilities,
    },
  },
  checked: {
    name: 'x-checked',
    comment: [
      'Often while it starts, so that nothing waits longer than it must; seldom afterwards, because each check is a',
      'program of its own, and the registry looks all the time anyway.',
    ],
    value: { interval: '30s', timeout: '5s', retries: 3, start_period: '60s', start_interval: '500ms' },
  },
} as const satisfies Record<string, Template>;

/** The names by which they are taken over. */
export const templates = {
  supervised: all.supervised.name,
  hardened: all.hardened.name,
  rooted: all.rooted.name,
  checked: all.checked.name,
} as const;

/** Those that services take over, directly or by one that is. */
export function templatesTaken(services: readonly ComposeMapping[]): readonly Template[] {
  const taken = new Set<unknown>([all.checked.name, ...services.map((service) => service['<<'])]);
  const kept: Template[] = [];
  for (const template of Object.values<Template>(all).toReversed()) {
    if (!taken.has(template.name)) continue;
    taken.add(template.value['<<']);
    kept.unshift(template);
  }
  return kept;
}
