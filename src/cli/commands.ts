import { environmentFormats } from '../app/operate/render-environment.ts';
import { engineChoices } from '../model/workspace.ts';
import { storeNames, templateNames } from '../scaffold/answers/answers.ts';
import type { ArgumentSpec, CommandSpec } from './command.ts';
import type { GroupSpec } from './command-tree.ts';
import { shells } from './completion/shells.ts';
import { dryRun } from './specs/shared-options.ts';
import { down, up } from './specs/system-commands.ts';

const init: CommandSpec = {
  name: 'init',
  summary: 'Create a workspace',
  arguments: [{ usage: '[dir]', description: 'Where; the current directory when left out', completes: 'directories' }],
  options: [
    { flags: '--name <name>', description: 'Name of the workspace; that of its directory when left out' },
    { flags: '--example <example>', description: 'Begin with a complete system', choices: ['shop'] },
    { flags: '--engine <engine>', description: 'What runs the services', choices: engineChoices },
    { flags: '-f, --force', description: 'Replace files that stand in the way' },
    dryRun,
  ],
  examples: ['msa init', 'msa init shop --example shop', 'msa init shop --engine process --yes'],
  load: () => import('./commands/init.ts'),
};

const newService: CommandSpec = {
  name: 'new service',
  summary: 'Add a service from a template',
  details: [
    'A field is `name:type`; `?` after the type makes it optional, `[]` a list: "item:string qty:int note:text?".',
    'States are written as a chain, one per arrow: "created>paid>shipped, created>cancelled".',
  ],
  arguments: [{ usage: '<name>', description: 'Name of the service, such as orders' }],
  options: [
    { flags: '--template <template>', description: 'What kind of service', choices: templateNames },
    { flags: '--description <text>', description: 'One sentence for its README and its API' },
    { flags: '--resource <name>', description: 'What it serves, in the singular: order' },
    { flags: '--plural <name>', description: 'The plural, where adding an s is wrong: people' },
    { flags: '--fields <fields>', description: 'What the resource has: "item:string qty:int"' },
    { flags: '--states <states>', description: 'The life of the resource: "created>paid>shipped"' },
    { flags: '--store <store>', description: 'Where it keeps them', choices: storeNames },
    { flags: '--calls <services>', description: 'Services it calls', list: true, completes: 'services' },
    { flags: '--replicas <count>', description: 'How many instances run' },
    { flags: '--route <path>', description: 'Public path at the gateway: /orders' },
    { flags: '-f, --force', description: 'Replace files that stand in the way' },
    dryRun,
  ],
  examples: [
    'msa new service users --yes',
    'msa new service orders --resource order --fields "item:string qty:int" --store redis --calls users',
    'msa new service orders --states "created>paid>shipped, created>cancelled" --dry-run',
  ],
  load: () => import('./commands/new-service.ts'),
};

const newClient: CommandSpec = {
  name: 'new client',
  summary: 'Generate the typed client of a service for one that calls it',
  arguments: [{ usage: '<callee>', description: 'The service that is called', completes: 'services' }],
  options: [
    { flags: '--for <caller>', description: 'The service that calls it', completes: 'services' },
    { flags: '--from <file>', description: 'Its OpenAPI document, where msa did not generate it', completes: 'files' },
    { flags: '-f, --force', description: 'Replace files that stand in the way' },
    dryRun,
  ],
  examples: ['msa new client users --for orders', 'msa new client legacy --for orders --from legacy/openapi.json'],
  load: () => import('./commands/new-client.ts'),
};

const removeService: CommandSpec = {
  name: 'rm service',
  summary: 'Remove a service and every mention of it',
  arguments: [{ usage: '<name>', description: 'The service', completes: 'services' }],
  options: [{ flags: '--keep-files', description: 'Leave its folder where it is' }, dryRun],
  examples: ['msa rm service legacy --dry-run', 'msa rm service legacy --keep-files --yes'],
  load: () => import('./commands/remove-service.ts'),
};

const add: CommandSpec = {
  name: 'add',
  summary: 'Take an existing service, image or Compose file into the workspace',
  arguments: [
    { usage: '<source>', description: 'A folder with code, an image, or a compose.yaml', completes: 'files' },
  ],
  options: [
    { flags: '--name <name>', description: 'Name of the service; from its source when left out' },
    { flags: '--port <port>', description: 'Where it listens, when it does not listen on PORT' },
    { flags: '--health <path>', description: 'What answers when it is ready: a path, or tcp' },
    { flags: '--route <path>', description: 'Public path at the gateway: /legacy' },
    { flags: '--command <command>', description: 'What starts it without Docker' },
    dryRun,
  ],
  examples: [
    'msa add services/legacy --route /legacy',
    'msa add ghcr.io/acme/legacy:1 --port 8000 --health /status',
    'msa add compose.yaml --dry-run',
  ],
  load: () => import('./commands/add.ts'),
};

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
    { flags: '-a, --all', description: 'The gateway, the registry and the stores as well' },
  ],
  examples: ['msa logs', 'msa logs orders -f', 'msa logs gateway orders-1 --since 10m --tail 50'],
  jsonLines: true,
  onInterrupt: 'end',
  load: () => import('./commands/logs.ts'),
};

const wait: CommandSpec = {
  name: 'wait',
  summary: 'Wait until services are healthy and the gateway knows it',
  details: ['Without a name: all services that were started. Ends with 1 and what each lacks when the time is up.'],
  arguments: [{ usage: '[service...]', description: 'Services', completes: 'services' }],
  options: [{ flags: '--timeout <duration>', description: 'How long to wait; 60s when left out' }],
  examples: ['msa wait', 'msa wait orders --timeout 2m'],
  load: () => import('./commands/wait.ts'),
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
  load: () => import('./commands/exec.ts'),
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
  load: () => import('./commands/env.ts'),
};

const routes: CommandSpec = {
  name: 'routes',
  summary: 'Show which path leads to which service, and which service calls which',
  examples: ['msa routes', 'msa routes --json'],
  load: () => import('./commands/routes.ts'),
};

const instances: CommandSpec = {
  name: 'instances',
  summary: 'Show the table of the registry: who there is, who takes requests, and why not',
  arguments: [someServices],
  examples: ['msa instances', 'msa instances orders --json'],
  load: () => import('./commands/instances.ts'),
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
  load: () => import('./commands/call.ts'),
};

const validate: CommandSpec = {
  name: 'validate',
  summary: 'Check msa.yaml and show every problem with its line',
  examples: ['msa validate', 'msa validate --json'],
  load: () => import('./commands/validate.ts'),
};

const upgrade: CommandSpec = {
  name: 'upgrade',
  summary: 'Bring generated files to this version of msa, keeping your edits',
  options: [dryRun],
  examples: ['msa upgrade --dry-run', 'msa upgrade'],
  load: () => import('./commands/upgrade.ts'),
};

const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'Check what msa needs on this machine, with the fix for what is missing',
  examples: ['msa doctor', 'msa doctor --json'],
  load: () => import('./commands/doctor.ts'),
};

const completion: CommandSpec = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  details: [
    'bash: `source <(msa completion bash)` in ~/.bashrc',
    'zsh: `source <(msa completion zsh)` in ~/.zshrc, after compinit',
    'fish: `msa completion fish > ~/.config/fish/completions/msa.fish`',
    'PowerShell: `msa completion powershell | Out-String | Invoke-Expression` in $PROFILE',
  ],
  arguments: [{ usage: '<shell>', description: 'Which shell', choices: shells }],
  examples: ['msa completion bash', 'msa completion fish > ~/.config/fish/completions/msa.fish'],
  load: () => import('./commands/completion.ts'),
};

const chaosKill: CommandSpec = {
  name: 'chaos kill',
  summary: 'Kill one instance under load and show whether anybody noticed',
  details: [
    'Sends GET requests through the gateway to the routes of the service, kills an instance as a crash would, and goes on ' +
      'until it is back. Exit code 0: no request failed and it came back; 4: otherwise; 5: the run proves nothing.',
  ],
  arguments: [{ usage: '<service>', description: 'A service, or an instance such as orders-1', completes: 'services' }],
  options: [
    { flags: '--instance <id>', description: 'Which one; by the seed when left out' },
    { flags: '--rate <count>', description: 'Requests per second; 50 when left out' },
    { flags: '--path <path>', description: 'What to request instead of the routes', repeatable: true },
    { flags: '--after <duration>', description: 'Load before the kill; 3s when left out' },
    { flags: '--duration <duration>', description: 'Load in all, at least; 10s when left out' },
    { flags: '--timeout <duration>', description: 'How long it may be away; 30s when left out' },
    { flags: '--seed <number>', description: 'Choose as the run with this seed did' },
  ],
  examples: [
    'msa chaos kill orders',
    'msa chaos kill orders-2 --rate 200 --duration 30s',
    'msa chaos kill payments --path /orders --json',
  ],
  load: () => import('./commands/chaos-kill.ts'),
};

const exportCompose: CommandSpec = {
  name: 'export compose',
  summary: 'Write a Compose file that runs the system without msa',
  details: [
    'The folder holds the Compose file, our gateway and registry as one file each, and a random secret in `.env`. ' +
      'Folders of services are built from where they are.',
  ],
  options: [
    {
      flags: '-o, --output <path>',
      description: 'The folder, or its Compose file; ./compose when left out, - prints the file',
      completes: 'files',
    },
    { flags: '-f, --force', description: 'Replace files that you have edited' },
    dryRun,
  ],
  examples: ['msa export compose', 'msa export compose --output deploy --dry-run', 'msa export compose --output -'],
  load: () => import('./commands/export-compose.ts'),
};

/** Every command, in the order help shows them. */
export const commands: readonly CommandSpec[] = [
  init,
  newService,
  newClient,
  add,
  removeService,
  up,
  down,
  logs,
  wait,
  exec,
  env,
  routes,
  instances,
  call,
  chaosKill,
  validate,
  upgrade,
  exportCompose,
  doctor,
  completion,
];

/** The words that stand before several commands. */
export const groups: readonly GroupSpec[] = [
  { name: 'new', summary: 'Create a service or a client' },
  { name: 'rm', summary: 'Remove a service' },
  { name: 'chaos', summary: 'Break something on purpose and see what it does' },
  { name: 'export', summary: 'Write the system down for other tools' },
];
