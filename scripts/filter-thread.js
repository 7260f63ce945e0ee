// Puts the program of the gateway's filter threads into the module that stands in for it, so that the gateway is one file.
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const standIn = /[/\\]src[/\\]gateway[/\\]filters[/\\]thread-source\.ts$/;

async function renderModule() {
  const {
    outputFiles: [program],
  } = await build({
    absWorkingDir: root,
    entryPoints: ['src/gateway/filters/thread/main.ts'],
    bundle: true,
    // A thread is started from a text in this format.
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    write: false,
    logLevel: 'warning',
  });
  return `export const threadSource = ${JSON.stringify(program?.text)};\n`;
}

/** @type {import('esbuild').Plugin} */
export const withFilterThread = {
  name: 'with-filter-thread',
  setup(bundling) {
    bundling.onLoad({ filter: standIn }, async () => ({ contents: await renderModule() }));
  },
};

/** For tests that run the sources. */
export const filterThreadForVite = {
  name: 'with-filter-thread',
  /** @param {string} id */
  load: (id) => (standIn.test(id) ? renderModule() : undefined),
};
