// How everything of ours is bundled: by the build, and by the tests that run programs as they are now.

import { withFilterThread } from './filter-thread.js';

// Packages in the older module format ask for Node's own modules with `require`, which ESM does not have.
const banner =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

/** @satisfies {import('esbuild').BuildOptions} */
export const bundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  banner: { js: banner },
  plugins: [withFilterThread],
};

/** Too large for a bundle, or with parts that a bundle breaks: they stay packages of their own. */
export const external = ['inquirer', 'dockerode', 'esbuild'];
