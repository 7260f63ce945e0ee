// Installs the judges of generated files, at the versions of test/judges, into .judges/. What is there already stays; a part that
// cannot be installed is told, and the others are installed all the same. Plain Node: nothing has to be there yet.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifests = join(root, 'test/judges');
const target = join(root, '.judges');
const execute = promisify(execFile);

/** Each part has a folder of its own, its manifests, and the program that has to be there. */
const parts = [
  { name: 'go', files: ['go.txt'], needs: ['go', ['version']], install: installGo },
  { name: 'python', files: ['requirements.txt'], needs: ['python3', ['--version']], install: installPython },
  {
    name: 'npm',
    files: ['package.json', 'package-lock.json', 're2/package.json', 're2/index.js'],
    needs: ['java', ['-version']], // npm-groovy-lint starts CodeNarc
    install: installNpm,
  },
];

const failures = (await Promise.all(parts.map(ensure))).filter((failure) => failure !== undefined);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

async function ensure(part) {
  const folder = join(target, part.name);
  const marker = join(folder, '.installed');
  const wanted = hashOf(part.files);
  if (readOrEmpty(marker) === wanted) return undefined;
  const [program, args] = part.needs;
  try {
    await execute(program, args);
  } catch {
    return `Judges of ${part.name}: ${program} is missing. Install it and run: node scripts/install-judges.js`;
  }
  const started = Date.now();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await part.install(folder);
  } catch (error) {
    return `Judges of ${part.name}: ${error.stderr?.trim() || error.message}`;
  }
  writeFileSync(marker, wanted);
  console.error(`Judges of ${part.name}: installed (${Math.round((Date.now() - started) / 1000)} s)`);
  return undefined;
}

/** One after the other: each build keeps all cores busy by itself. */
async function installGo(folder) {
  for (const module of readFileSync(join(manifests, 'go.txt'), 'utf8').trim().split('\n'))
    await run('go', ['install', module], { GOBIN: folder, GOFLAGS: '-trimpath' });
}

async function installPython(folder) {
  await run('python3', ['-m', 'venv', folder]);
  const options = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--disable-pip-version-check', '--quiet'];
  const requirements = join(manifests, 'requirements.txt');
  await run(join(folder, 'bin/pip'), ['install', ...options, '--requirement', requirements]);
}

async function installNpm(folder) {
  for (const file of ['package.json', 'package-lock.json', 're2'])
    cpSync(join(manifests, file), join(folder, file), { recursive: true });
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder]);
}

function run(program, args, variables = {}) {
  return execute(program, args, { env: { ...process.env, ...variables }, maxBuffer: 64 * 1024 * 1024 });
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(manifests, file)));
  return hash.digest('hex');
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
