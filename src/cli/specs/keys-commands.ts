import type { CommandSpec } from '../arguments/command.ts';
import { dryRun } from './shared-options.ts';

const add: CommandSpec = {
  name: 'keys add',
  summary: 'Make an API key for the gateway and show it, this once',
  details: [
    'The file that `gateway.auth.keysFile` of msa.yaml names gets the hash of the key alone, so it may be committed. ' +
      'Clients send the key as X-API-Key. The next msa up makes the gateway know it.',
  ],
  arguments: [{ usage: '<name>', description: 'Who gets the key' }],
  options: [
    { flags: '--role <role>', description: 'A role the key has', repeatable: true },
    { flags: '--scope <scope>', description: 'A scope the key has', repeatable: true },
    dryRun,
  ],
  examples: ['msa keys add mobile-app', 'msa keys add cron --role clerk --scope orders:read --scope orders:write'],
  load: () => import('../commands/keys-add.ts'),
};

const list: CommandSpec = {
  name: 'keys list',
  summary: 'Show who has an API key, and what it may do',
  examples: ['msa keys list', 'msa keys list --json'],
  load: () => import('../commands/keys-list.ts'),
};

const remove: CommandSpec = {
  name: 'keys remove',
  summary: 'End an API key',
  arguments: [{ usage: '<name>', description: 'Who had it' }],
  options: [dryRun],
  examples: ['msa keys remove mobile-app'],
  load: () => import('../commands/keys-remove.ts'),
};

export const keysCommands: readonly CommandSpec[] = [add, list, remove];
