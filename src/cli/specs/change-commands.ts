import { affectedFormats } from '../../delivery/affected/formats.ts';
import { ciJobs } from '../../delivery/ci/plan-run.ts';
import type { CommandSpec } from '../arguments/command.ts';

const affected: CommandSpec = {
  name: 'affected',
  summary: 'Show which services a change touches, as the pipelines see it',
  details: [
    'The range is written as git does: `A..B`, `A...B`, or `A` for all that differs from it on disk. Without one: ' +
      'everything since this branch left the default branch, with what is not committed yet.',
    'A service is touched by files in its folder, by its entry in msa.yaml, by the contract of a service it calls, and by ' +
      'files that belong to no service.',
    '`github` writes lines for $GITHUB_OUTPUT; `names` writes name, stack and folder of each service with tabs between.',
    '`gitlab` writes the child pipeline: a job for each service and thing to be done, made from those of .gitlab/jobs.yml.',
  ],
  arguments: [{ usage: '[range]', description: 'Commits: main..HEAD, v1.2.0' }],
  options: [
    { flags: '--all', description: 'Take everything as changed; needs no git' },
    { flags: '--format <format>', description: 'How it is written; text when left out', choices: affectedFormats },
    { flags: '--publish', description: 'In the pipeline for GitLab: publish and deploy too' },
  ],
  examples: ['msa affected', 'msa affected origin/main...HEAD --json', 'msa affected HEAD~1 --format names'],
  load: () => import('../commands/affected.ts'),
};

const ciRun: CommandSpec = {
  name: 'ci run',
  summary: 'Run here what the pipeline would run for a change',
  details: [
    '`check` runs the steps of each service in its folder, `image` builds its image and removes it again, `contract` is ' +
      'msa contract, `system` starts what is affected with all it calls, asks it (msa smoke), kills what `delivery.chaos` ' +
      'names, and stops it. Without a job: all of them, one after the other.',
    'What steps write goes to standard error, a name in front of each line and secrets of the environment hidden. Ends ' +
      'with 1 when one failed.',
  ],
  arguments: [{ usage: '[job]', description: 'Which job', choices: ciJobs }],
  options: [
    {
      flags: '--service <services>',
      description: 'These instead of those affected',
      list: true,
      completes: 'services',
    },
    { flags: '--range <range>', description: 'Commits, as msa affected takes them' },
    { flags: '--all', description: 'Take everything as changed' },
    { flags: '--parallel <count>', description: 'So many services at once; 1 when left out' },
    { flags: '--keep', description: 'Leave the images, and the system running' },
    { flags: '--junit <file>', description: 'Write the results as a JUnit report too', completes: 'files' },
    { flags: '-n, --dry-run', description: 'Show what would run, and run nothing' },
  ],
  examples: [
    'msa ci run',
    'msa ci run check --service orders,users --parallel 2',
    'msa ci run --range main...HEAD --dry-run',
  ],
  load: () => import('../commands/ci-run.ts'),
};

/** What a change touches, and what the pipelines make of it. */
export const changeCommands: readonly CommandSpec[] = [affected, ciRun];
