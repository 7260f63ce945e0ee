import { engineChoices } from '../model/workspace.ts';
import { storeNames, templateNames } from '../scaffold/answers/answers.ts';
import type { CommandSpec } from './arguments/command.ts';
import type { GroupSpec } from './arguments/command-tree.ts';
import { shells } from './completion/shells.ts';
import { deliveryCommands, newWorkflow } from './specs/delivery-commands.ts';
import { keysCommands } from './specs/keys-commands.ts';
import { operateCommands } from './specs/operate-commands.ts';
import { dryRun } from './specs/shared-options.ts';
import { down, ps, up } from './specs/system-commands.ts';

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

const newFilter: CommandSpec = {
  name: 'new filter',
  summary: 'Add a filter in code for the gateway, with its types and a test',
  details: [
    'Its file is gateway/filters/<name>.ts. It runs in the gateway on the routes whose `filters` in msa.yaml name it, ' +
      'in a thread of its own; msa up --watch applies changes of it without a restart.',
  ],
  arguments: [{ usage: '<name>', description: 'Name of the filter, such as stamp' }],
  options: [
    { flags: '--stage <stages>', description: 'Of pre, route, post, error; pre,post when left out', list: true },
    { flags: '-f, --force', description: 'Replace files that stand in the way' },
    dryRun,
  ],
  examples: ['msa new filter stamp', 'msa new filter canary --stage route --dry-run'],
  load: () => import('./commands/new-filter.ts'),
};

const removeService: CommandSpec = {
  name: 'rm service',
  summary: 'Remove a service, its folder and every call to it',
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
    { flags: '--junit <file>', description: 'Write the verdict as a JUnit report too', completes: 'files' },
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
  newFilter,
  newWorkflow,
  add,
  removeService,
  up,
  down,
  ps,
  ...operateCommands,
  chaosKill,
  ...keysCommands,
  validate,
  upgrade,
  ...deliveryCommands,
  exportCompose,
  doctor,
  completion,
];

/** The words that stand before several commands. */
export const groups: readonly GroupSpec[] = [
  { name: 'new', summary: 'Create a service, a client, a filter or a pipeline' },
  { name: 'rm', summary: 'Remove a service' },
  { name: 'cache', summary: 'Answers that the gateway keeps' },
  { name: 'chaos', summary: 'Break something on purpose and see what it does' },
  { name: 'keys', summary: 'API keys of the gateway' },
  { name: 'ci', summary: 'Pipelines: compare, update and run them' },
  { name: 'images', summary: 'What the images of services are built from' },
  { name: 'export', summary: 'Write the system down for other tools' },
];
