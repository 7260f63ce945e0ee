import type { OptionSpec } from '../command.ts';

export const dryRun: OptionSpec = { flags: '-n, --dry-run', description: 'Show what would change, and change nothing' };
