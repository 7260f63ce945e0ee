import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import { filterThreadForVite } from './scripts/filter-thread.js';
import { LongFilesFirst } from './test/support/long-files-first.ts';

// Most of these tests wait for programs: a core need not be left free for the rest of the machine, and one more file than
// there are cores fills the waits.
const maxWorkers = Math.max(2, availableParallelism()) + 1;

// They run real programs under real deadlines. In CI one that fails is tried once more, and the report marks it as retried:
// a machine that stalled is told apart from code that is wrong, and a flaky test stays visible.
const retry = process.env['CI'] === 'true' ? 1 : 0;

export default defineConfig({
  test: {
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        plugins: [filterThreadForVite],
        // What they test keeps nothing from one call to the next: the modules are loaded once, not for every file.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          testTimeout: 60_000,
          maxWorkers,
        },
      },
      {
        plugins: [filterThreadForVite],
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/build-once.ts',
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry,
          maxWorkers,
        },
      },
      // Builds, containers and installs: few files at a time, or they only wait for each other.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 600_000,
          hookTimeout: 600_000,
          retry,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
