import { environmentFormats } from '../../app/operate/render-environment.ts';
import type { ArgumentSpec, CommandSpec } from '../arguments/command.ts';

const someServices: ArgumentSpec = {
  usage: '[service...]',
  description: 'Services, parts of the platform, or instances such as orders-1',
  completes: 'services',
};

const logs: CommandSpec = {
  name: 'logs',
  summary: 'Show what instances write, merged in the order of time',
  details: [
    'Without a name: all services. Ended instances have a log too. --follow includes instances that come later and ends ' +
      'with Ctrl-C, exit code 130, or when nothing is left to follow. With --json each line is an object.',
  ],
  arguments: [someServices],
  options: [
    { flags: '-f, --follow', description: 'Go on with what they write from now on' },
    { flags: '--tail <count>', description: 'Only so many of the last lines of each instance' },
    { flags: '--since <when>', description: 'Only what is newer: 10m, or 2026-01-31T12:00:00Z' },
    { flags: '-t, --timestamps', description: 'Show when each line was written' },
    { flags: '--raw', description: 'Show JSON lines as they were written instead of readably' },
    { flags: '-a, --all', description: 'The gateway, the registry and the stores as well' },
  ],
  examples: ['msa logs', 'msa logs orders -f', 'msa logs gateway orders-1 --since 10m --tail 50'],
  jsonLines: true,
  onInterrupt: 'end',
  load: () => import('../commands/logs.ts'),
};

const restart: CommandSpec = {
  name: 'restart',
  summary: 'Replace instances by new ones, one after the other',
  details: [
    'Each new instance is healthy and known to the gateway before an old one goes, so no request is lost. Parts of the ' +
      'platform, when named, are replaced in place: for a moment they are away.',
    'With --json there is a line for each event, and the result is the last.',
  ],
  arguments: [{ usage: '<service...>', description: 'Services, or instances such as orders-1', completes: 'services' }],
  options: [{ flags: '--timeout <duration>', description: 'How long one may take to get healthy; 60s when left out' }],
  examples: ['msa restart orders', 'msa restart orders-2 users', 'msa restart gateway'],
  jsonLines: true,
  load: () => import('../commands/restart.ts'),
};

const scale: CommandSpec = {
  name: 'scale',
  summary: 'Let more or fewer instances of services run',
  details: [
    'This lasts until the next msa up, unless it is saved. Instances that go finish what they have begun.',
    'With --json there is a line for each event, and the result is the last.',
  ],
  arguments: [{ usage: '<service=count...>', description: 'How many of each', completes: 'services' }],
  options: [
    { flags: '--save', description: 'Write it into msa.yaml' },
    { flags: '--timeout <duration>', description: 'How long they may take to get healthy; 60s when left out' },
  ],
  examples: ['msa scale orders=3', 'msa scale orders=3 users=1 --save'],
  jsonLines: true,
  load: () => import('../commands/scale.ts'),
};

const wait: CommandSpec = {
  name: 'wait',
  summary: 'Wait until services are healthy and the gateway knows it',
  details: [
    'Without a name: all services of msa.yaml; name those to wait for where one runs elsewhere or is scaled to none. Ends ' +
      'with 1 and what each lacks when the time is up.',
  ],
  arguments: [{ usage: '[service...]', description: 'Services', completes: 'services' }],
  options: [{ flags: '--timeout <duration>', description: 'How long to wait; 60s when left out' }],
  examples: ['msa wait', 'msa wait orders --timeout 2m'],
  load: () => import('../commands/wait.ts'),
};

const exec: CommandSpec = {
  name: 'exec',
  summary: 'Run a command beside an instance, in its environment',
  details: ['Ends with the exit code of the command. Of a service it takes the first instance that runs.'],
  arguments: [
    { usage: '<instance>', description: 'A service, or an instance such as orders-1', completes: 'services' },
    { usage: '[command...]', description: 'The command, behind --' },
  ],
  examples: ['msa exec orders -- node --version', 'msa exec orders-2 -- sh'],
  onInterrupt: 'pass',
  load: () => import('../commands/exec.ts'),
};

const env: CommandSpec = {
  name: 'env',
  summary: 'Print the variables a service gets, to run it in an editor beside the system',
  details: [
    'The addresses are those this machine reaches; what it does not reach is said on standard error. Secrets are printed.',
  ],
  arguments: [{ usage: '<service>', description: 'The service', completes: 'services' }],
  options: [
    {
      flags: '--format <format>',
      description: 'How they are written; shell when left out',
      choices: environmentFormats,
    },
  ],
  examples: ['msa env orders', 'msa env orders --format dotenv > services/orders/.env.local'],
  load: () => import('../commands/env.ts'),
};

const routes: CommandSpec = {
  name: 'routes',
  summary: 'Show which path leads to which service, and which service calls which',
  details: [
    'A route is shown as what it asks of a request: methods, host, path (after `=` only itself, else also what is below it), ' +
      'header fields in brackets, parameters of the query after `?`.',
  ],
  examples: ['msa routes', 'msa routes --json'],
  load: () => import('../commands/routes.ts'),
};

const instances: CommandSpec = {
  name: 'instances',
  summary: 'Show the table of the registry: who there is, who takes requests, and why not',
  arguments: [someServices],
  examples: ['msa instances', 'msa instances orders --json'],
  load: () => import('../commands/instances.ts'),
};

const stats: CommandSpec = {
  name: 'stats',
  summary: 'Show what the gateway does: requests, failures, latencies',
  details: [
    'On a terminal the table is drawn again and again until Ctrl-C. Elsewhere, with --once and with --json it shows the last ' +
      'seconds, and ends. A consumer is the program that a key or token was given to. The metrics in full are at /metrics ' +
      'of the gateway\u2019s own listener.',
  ],
  options: [{ flags: '--once', description: 'Show the last seconds and end' }],
  examples: ['msa stats', 'msa stats --once', 'msa stats --json'],
  onInterrupt: 'end',
  load: () => import('../commands/stats.ts'),
};

const cacheClear: CommandSpec = {
  name: 'cache clear',
  summary: 'Have the gateway forget every answer that it keeps',
  details: [
    'Answers of all routes and calls that have `cache`, and those kept for `fallback: stale`. Ends when every gateway has ' +
      'done so. A single answer is fetched anew by whoever asks for it with `Cache-Control: no-cache`.',
  ],
  examples: ['msa cache clear'],
  load: () => import('../commands/cache-clear.ts'),
};

const call: CommandSpec = {
  name: 'call',
  summary: 'Send a request through the gateway and show the links of the answer',
  details: [
    'The body goes to standard output: indented on a terminal, byte for byte elsewhere. The links follow on standard ' +
      'error, each with the command that follows it. Redirects are not followed. Ends with 1 when the status is 400 or more.',
    '--follow takes a relation of the answer and sends what that link says, with the ETag and the Idempotency-Key it ' +
      'asks for; every POST gets an Idempotency-Key. The first --data goes with the first request that takes a body.',
  ],
  arguments: [
    { usage: '<method>', description: 'GET, POST, PUT, PATCH, DELETE, …' },
    { usage: '<path>', description: 'A path of the gateway, or an address of it' },
  ],
  options: [
    { flags: '-d, --data <body>', description: 'What to send: JSON, @file, or - for standard input', repeatable: true },
    { flags: '-H, --header <header>', description: "A header: 'Name: value'", repeatable: true },
    { flags: '--follow <rel>', description: 'Then follow the link with this relation', repeatable: true },
    { flags: '-i, --include', description: 'Show status and headers before the body' },
    { flags: '--timeout <duration>', description: 'How long to wait for an answer; 30s when left out' },
  ],
  examples: [
    'msa call GET /orders',
    'msa call POST /orders --data \'{"item":"tea"}\' --follow pay',
    "msa call GET /orders -i -H 'Accept: application/hal+json'",
  ],
  load: () => import('../commands/call.ts'),
};

/** What is done with a system that runs, in the order help shows it. */
export const operateCommands: readonly CommandSpec[] = [
  logs,
  restart,
  scale,
  wait,
  exec,
  env,
  routes,
  instances,
  stats,
  cacheClear,
  call,
];
