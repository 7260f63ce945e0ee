import { pipelineProviders } from '../../model/delivery.ts';
import type { CommandSpec } from '../arguments/command.ts';
import { changeCommands } from './change-commands.ts';
import { releaseCommands } from './release-commands.ts';
import { dryRun } from './shared-options.ts';

export const newWorkflow: CommandSpec = {
  name: 'new workflow',
  summary: 'Add a CI/CD pipeline for GitHub, GitLab or Jenkins',
  details: [
    'What it delivers how is written into `delivery` of msa.yaml; the files follow from that. With a registry and ' +
      'environments it publishes images and deploys them through the command that each environment names.',
  ],
  arguments: [{ usage: '[provider...]', description: 'Which systems run it', choices: pipelineProviders }],
  options: [
    { flags: '--registry <registry>', description: 'Where images are published: ghcr.io/acme/shop' },
    { flags: '--environments <names>', description: 'To which it deploys, in this order', list: true },
    { flags: '--delivery', description: 'A person agrees before the last environment' },
    { flags: '--deployment', description: 'Nobody has to agree: what is green is deployed' },
    { flags: '--canary', description: 'The last environment gets a release step by step' },
    { flags: '--blue-green', description: 'The last environment gets a release beside the old one' },
    {
      flags: '--chaos <services>',
      description: 'Kill an instance of each in the test',
      list: true,
      completes: 'services',
    },
    { flags: '--schedule <cron>', description: 'Also run everything then: "0 3 * * 1"' },
    { flags: '--branch <branch>', description: 'The branch that is deployed; main when left out' },
    { flags: '-f, --force', description: 'Replace files that stand in the way' },
    dryRun,
  ],
  examples: [
    'msa new workflow github --registry ghcr.io/acme/shop --environments staging,production --delivery --canary',
    'msa new workflow gitlab --chaos orders --schedule "0 3 * * 1" --dry-run',
    'msa new workflow jenkins --yes',
  ],
  load: () => import('../commands/new-workflow.ts'),
};

const ciVerify: CommandSpec = {
  name: 'ci verify',
  summary: 'Say whether the pipelines are what msa.yaml says now',
  details: ['Edits of your own are told and are no failure, unless --strict is given.'],
  options: [{ flags: '--strict', description: 'Edits of your own fail too' }],
  examples: ['msa ci verify', 'msa ci verify --strict --json'],
  load: () => import('../commands/ci-verify.ts'),
};

const smoke: CommandSpec = {
  name: 'smoke',
  summary: 'Ask the running system once for everything it offers from outside',
  details: [
    'Each service is to be healthy, and each public route that leads to one is asked by GET through the gateway; links that ' +
      'an answer offers are followed one step. What the service itself answers below 500 has passed. Where somebody known ' +
      'is wanted and nobody is, the route is guarded: -H brings a token along. Nothing is tried twice: msa wait waits.',
    'Without a name: all services of msa.yaml; name those to ask for where others do not run. Ends with 1 when a check failed.',
  ],
  arguments: [{ usage: '[service...]', description: 'Services', completes: 'services' }],
  options: [
    { flags: '-H, --header <header>', description: "Send a header: 'Name: value'", repeatable: true },
    { flags: '--timeout <duration>', description: 'How long to wait for each answer; 10s when left out' },
    { flags: '--junit <file>', description: 'Write the checks as a JUnit report too', completes: 'files' },
  ],
  examples: ['msa smoke', 'msa smoke orders users --junit reports/smoke.xml', "msa smoke -H 'Authorization: Bearer …'"],
  load: () => import('../commands/smoke.ts'),
};

const ciUpdate: CommandSpec = {
  name: 'ci update',
  summary: 'Move the pins of actions and images to what msa knows',
  details: [
    'Only upwards, and only what the table of this msa knows; nothing is asked of any network. A tag becomes the commit ' +
      'or digest of a release. Lines of your own are treated like ours, and everything around a pin stays as it is.',
  ],
  options: [dryRun],
  examples: ['msa ci update --dry-run', 'msa ci update --yes'],
  load: () => import('../commands/ci-update.ts'),
};

const imagesUpdate: CommandSpec = {
  name: 'images update',
  summary: 'Hold the base images of services to what their tags mean now',
  details: [
    'Writes the digest of each tag into the Dockerfiles of the services (node:24-slim@sha256:…), so that the same commit gives the ' +
      'same image until this command moves it. Asks the registries, with what docker login has written down.',
  ],
  options: [
    { flags: '--check', description: 'Change nothing; end with 1 when one is not pinned or has moved' },
    dryRun,
  ],
  examples: ['msa images update', 'msa images update --check', 'msa images update --dry-run'],
  load: () => import('../commands/images-update.ts'),
};

/** From a change to a running release: what it touches, what it breaks, how it is checked and deployed. */
export const deliveryCommands: readonly CommandSpec[] = [
  ...changeCommands,
  ...releaseCommands,
  ciVerify,
  ciUpdate,
  smoke,
  imagesUpdate,
];
