import { engineChoices } from '../../model/workspace.ts';
import type { CommandSpec } from '../arguments/command.ts';
import { dryRun } from './shared-options.ts';

export const up: CommandSpec = {
  name: 'up',
  summary: 'Bring the system to what msa.yaml says, and wait until it is ready',
  details: [
    'Only what changed is touched: a changed service gets new instances before the old ones go. What fails is told with ' +
      'the end of its log, and the rest goes on. Ctrl-C takes back what this call began. With --json each event is an ' +
      'object, the last of type "result".',
    'A service named with --except is left to you: with what `msa env` prints it runs beside the system and reaches what ' +
      'it calls. Requests for it get 503, for nobody here knows where it runs.',
  ],
  arguments: [
    {
      usage: '[service...]',
      description: 'Only these and what they call; all when left out',
      completes: 'services',
    },
  ],
  options: [
    { flags: '--engine <engine>', description: 'What runs the instances', choices: engineChoices },
    { flags: '--build', description: 'Build and prepare anew, even where nothing changed' },
    { flags: '--no-deps', description: 'Not what the named services call' },
    { flags: '--except <services>', description: 'Services that you run yourself', list: true, completes: 'services' },
    {
      flags: '--port <port>',
      description: 'Where the gateway listens until msa down: a port, or auto for any free one',
    },
    { flags: '--attach', description: 'Stay and show what the services write; Ctrl-C stops the system' },
    { flags: '--watch', description: 'Stay and apply every change of msa.yaml and of the folders of services' },
    { flags: '--timeout <duration>', description: 'How long instances may take to become healthy; 60s when left out' },
    dryRun,
  ],
  examples: [
    'msa up',
    'msa up orders --no-deps',
    'msa up --engine process --port auto',
    'msa up --watch',
    'msa up --dry-run',
  ],
  jsonLines: true,
  load: () => import('../commands/up.ts'),
};

export const down: CommandSpec = {
  name: 'down',
  summary: 'Stop and remove everything of this workspace',
  details: ['It looks at both engines, and works when msa.yaml is broken or its folder has vanished.'],
  options: [
    { flags: '--volumes', description: 'Remove what its stores keep, too' },
    { flags: '--workspace <id>', description: 'Another workspace, as msa ps --all shows it' },
  ],
  examples: ['msa down', 'msa down --volumes', 'msa down --workspace shop-1a2b3c'],
  jsonLines: true,
  load: () => import('../commands/down.ts'),
};

export const ps: CommandSpec = {
  name: 'ps',
  summary: 'Show what runs, and how it is',
  options: [{ flags: '-a, --all', description: 'The systems of every workspace on this machine' }],
  examples: ['msa ps', 'msa ps --json', 'msa ps --all'],
  load: () => import('../commands/ps.ts'),
};
