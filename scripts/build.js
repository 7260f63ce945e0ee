// `npm run build`: bundles the command line program into dist/, one chunk per command, so that a call loads only what
// it needs. Safe to run while msa runs or while another build runs: see replaceFiles.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { build, transform } from 'esbuild';
import Handlebars from 'handlebars';

import { bundleOptions, external } from './bundle-options.js';
import { root } from './ensure-installed.js';

const outdir = join(root, 'dist');

// Parts of packages that msa never uses and that cost start-up time: commander can run subcommands as programs of their
// own (2 ms), zod brings its messages in fifty languages (8 ms of `msa validate`).
const unused = [
  { importer: /node_modules[/\\]commander[/\\]/, imported: 'node:child_process' },
  { importer: /node_modules[/\\]zod[/\\]/, imported: '../locales/index.js' },
];

const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:child_process|\.\.\/locales\/index\.js)$/ }, ({ importer, path }) =>
      unused.some((part) => part.imported === path && part.importer.test(importer))
        ? { path, namespace: 'unused' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

// Compiling its templates is an eighth of what `msa new service` takes, so that is done here.
const withCompiledTemplates = {
  name: 'with-compiled-templates',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\]cli[/\\]compiled-templates\.ts$/ }, async () => ({
      contents: await compileTemplates(),
    }));
  },
};

// The package's entry for Node is in the older module format, of which a bundle has to take the whole. This one is made
// from the same sources.
const alias = { yaml: join(root, 'node_modules/yaml/browser/index.js') };

const result = await build({
  ...bundleOptions,
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir,
  write: false,
  metafile: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  external,
  alias,
  plugins: [withoutUnused, withCompiledTemplates],
  logLevel: 'warning',
});

// The programs that a running system consists of: one file each, so that a container or a process starts it with plain
// `node dist/programs/gateway.js`, without an install step.
const programs = await build({
  ...bundleOptions,
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    ['gateway', 'redis', 'registry', 'supervisor'].map((name) => [name, `src/${name}/main.ts`]),
  ),
  outdir: join(outdir, 'programs'),
  write: false,
  metafile: true,
  logLevel: 'warning',
});

const written = [...result.outputFiles, ...programs.outputFiles];
const built = new Map(written.map(({ path, contents }) => [relative(outdir, path), Buffer.from(contents)]));
const packages = [...new Set([result, programs].flatMap(({ metafile }) => bundledPackages(metafile)))].toSorted(byName);
built.set('third-party-licenses.txt', Buffer.from(renderLicenses(packages)));
replaceFiles(built);

/** The module that stands in for src/cli/compiled-templates.ts. */
async function compileTemplates() {
  const { compileOptions } = await importSource('src/scaffold/render/template-helpers.ts');
  const directory = join(root, 'templates');
  const names = readdirSync(directory, { recursive: true }).filter((name) => name.endsWith('.hbs'));
  const entries = names.toSorted(byName).map((name) => {
    const text = readFileSync(join(directory, name), 'utf8');
    const key = createHash('sha256').update(text).digest('hex');
    return `[${JSON.stringify(key)}, ${precompile(name, text, compileOptions)}],\n`;
  });
  return `export const compiledTemplates = new Map([\n${entries.join('')}]);\n`;
}

function precompile(name, text, options) {
  try {
    /** @type {unknown} */
    const code = Handlebars.precompile(text, { ...options });
    if (typeof code === 'string') return code;
  } catch (error) {
    throw new Error(`template ${name}: ${error.message}`, { cause: error });
  }
  throw new TypeError('Handlebars compiles templates to something else than code.');
}

/** A module of the sources that imports nothing. */
async function importSource(path) {
  const { code } = await transform(readFileSync(join(root, path), 'utf8'), { loader: 'ts' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

/**
 * Every file appears whole or not at all, a chunk's name follows from its content, and main.js, which alone names the
 * chunks of a build, comes last: a reader sees the build before or the one after. Only then the old chunks go.
 */
function replaceFiles(files) {
  const names = [...files.keys()].toSorted((left, right) => Number(left === 'main.js') - Number(right === 'main.js'));
  for (const name of names) writeWhole(join(outdir, name), files.get(name));
  for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(outdir, path)) && !isFresh(path)) rmSync(path, { force: true });
  }
}

function writeWhole(path, content) {
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

/** The draft of a build that runs at the same time; after a minute it is what a killed one left. */
function isFresh(path) {
  if (!path.endsWith('.tmp')) return false;
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  return Date.now() - mtimeMs < 60_000;
}

function byName(left, right) {
  return left < right ? -1 : 1;
}

/** Directories of the packages whose code is in the bundle, sorted. */
function bundledPackages({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const directories = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(directories)].toSorted();
}

function renderLicenses(directories) {
  const entries = directories.map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseText(join(root, directory)).trim()}\n`;
  });
  const intro = 'The program contains code of these packages, under these licences.\n';
  return [intro, ...entries].join(`\n${'-'.repeat(80)}\n\n`);
}

function licenseText(directory) {
  const file = readdirSync(directory).find((name) => /^(licen[cs]e|copying)([-.]\w+)*$/i.test(name));
  if (file === undefined)
    throw new Error(`No licence text in ${directory.split(sep).join('/')}: it cannot be bundled.`);
  return readFileSync(join(directory, file), 'utf8');
}
