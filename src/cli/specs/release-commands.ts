import type { CommandSpec } from '../arguments/command.ts';

const contract: CommandSpec = {
  name: 'contract',
  summary: 'Find changes of OpenAPI documents that break callers, and name those',
  details: [
    'The document in the folder of each service (openapi.json or openapi.yaml) is compared with the one at the start of ' +
      'the range: A..B, A...B, A for what stands on disk; when left out, since the branch parted from the default one.',
    'A service that nobody in the workspace calls may break others when the first number of info.version was raised. ' +
      'One that is called may where somebody says so: with --allow-breaking, or in a commit of the range whose message ' +
      'ends with a line `Allow-Breaking: orders`.',
  ],
  arguments: [{ usage: '[range]', description: 'Commits, as git names them' }],
  options: [
    {
      flags: '--allow-breaking <services>',
      description: 'Services whose callers are known to be ready',
      list: true,
      completes: 'services',
    },
    { flags: '--junit <file>', description: 'Write the verdicts as a JUnit report too', completes: 'files' },
  ],
  examples: [
    'msa contract',
    'msa contract origin/main...HEAD --junit contract.xml',
    'msa contract --allow-breaking orders',
  ],
  load: () => import('../commands/contract.ts'),
};

const ciDeploy: CommandSpec = {
  name: 'ci deploy',
  summary: 'Release images to an environment through its hook, or take them back',
  details: [
    'The digests are what the job `publish` leaves: a folder with a file for each service, or one file with lines ' +
      '`<service> sha256:…`. Services are released one after the other, callees before their callers, in the steps of the ' +
      'strategy that msa.yaml names. When a call fails or takes too long, or on Ctrl-C, everything that was begun is taken ' +
      'back, the last first: exit code 1, or 6 when that failed too.',
  ],
  arguments: [{ usage: '<environment>', description: 'One of delivery.environments' }],
  options: [
    { flags: '--images <place>', description: 'The folder or file with digests', completes: 'files' },
    { flags: '--service <services>', description: 'Only these', list: true, completes: 'services' },
    { flags: '--timeout <duration>', description: 'How long a call of a hook may take; 10m when left out' },
    { flags: '--rollback', description: 'Take these images back where they are deployed' },
    { flags: '--summary <file>', description: 'Add what came of it to a Markdown file', completes: 'files' },
    { flags: '-n, --dry-run', description: 'Show what would be called, and call nothing' },
  ],
  examples: [
    'msa ci deploy staging --images images --dry-run',
    'msa ci deploy production --images images --summary "$GITHUB_STEP_SUMMARY"',
    'msa ci deploy production --images images --service orders --rollback',
  ],
  load: () => import('../commands/ci-deploy.ts'),
};

/** Whether a change may be released, and its way to where users are. */
export const releaseCommands: readonly CommandSpec[] = [contract, ciDeploy];
