import { affectedFormats } from '../../delivery/affected/formats.ts';
import type { CommandSpec } from '../command.ts';

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

/** What a change touches, and what the pipelines make of it. */
export const changeCommands: readonly CommandSpec[] = [affected];
