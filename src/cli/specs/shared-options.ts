import type { OptionSpec } from '../arguments/command.ts';

export const dryRun: OptionSpec = { flags: '-n, --dry-run', description: 'Show what would change, and change nothing' };
