import type { CommandSpec } from '../command.ts';

const contract: CommandSpec = {
  name: 'contract',
  summary: 'Find changes of OpenAPI documents that break callers, and name those',
  details: [
    'The document in the folder of each service (openapi.json or openapi.yaml) is compared with the one at the start of ' +
      'the range: A..B, A...B, A for what stands on disk; when left out, since the branch parted from the default one.',
    'A service that nobody in the workspace calls may break others when the first number of info.version was raised. ' +
      'One that is called may with --allow-breaking only.',
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

/** Whether a change may be released, and its way to where users are. */
export const releaseCommands: readonly CommandSpec[] = [contract];
