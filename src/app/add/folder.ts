import { MsaError } from '../../model/errors.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { joinPath } from '../paths.ts';

/** How a folder is run without Docker, as far as its files tell. */
export interface FolderKind {
  /** Undefined: what `package.json` calls start. */
  readonly command: string | undefined;
  readonly prepare: readonly string[];
}

interface Mark {
  readonly file: string;
  readonly command: string;
  readonly prepare?: readonly string[];
}

/** The first mark that a folder has decides. */
const marks: readonly Mark[] = [
  { file: 'go.mod', command: './.msa-bin', prepare: ['go build -o .msa-bin .'] },
  { file: 'Cargo.toml', command: 'cargo run --release', prepare: ['cargo build --release'] },
  { file: 'pom.xml', command: 'mvn --quiet spring-boot:run' },
  { file: 'build.gradle', command: 'gradle --quiet bootRun' },
  { file: 'build.gradle.kts', command: 'gradle --quiet bootRun' },
  { file: 'manage.py', command: 'python3 manage.py runserver' },
  { file: 'main.py', command: 'python3 main.py' },
  { file: 'app.py', command: 'python3 app.py' },
  { file: 'config.ru', command: 'bundle exec rackup', prepare: ['bundle install'] },
];

/** What installs from which lock file; Corepack comes with Node.js and brings the others. */
const installs: readonly (readonly [lock: string, command: string])[] = [
  ['package-lock.json', 'npm ci'],
  ['pnpm-lock.yaml', 'corepack pnpm install --frozen-lockfile'],
  ['yarn.lock', 'corepack yarn install'],
];

/** Looks at a folder for how to run it; one that says nothing at all is refused. */
export async function inspectFolder(files: FileStore, folder: string): Promise<FolderKind> {
  const names = await files.list(folder);
  if (names.includes('package.json')) return inspectPackage(files, folder, names);
  const mark = marks.find(({ file }) => names.includes(file));
  if (mark !== undefined) return { command: mark.command, prepare: mark.prepare ?? [] };
  if (names.includes('Dockerfile')) return { command: undefined, prepare: [] };
  throw new MsaError('MSA_USAGE', `nothing in ${folder} says how to run it`, {
    hint: 'Add a Dockerfile, or pass --command with what starts it.',
  });
}

async function inspectPackage(files: FileStore, folder: string, names: readonly string[]): Promise<FolderKind> {
  const text = await files.read(joinPath(folder, 'package.json'));
  const scripts = scriptsOf(text ?? '');
  const install = installs.find(([lock]) => names.includes(lock))?.[1] ?? 'npm install';
  const prepare = scripts.has('build') ? [install, 'npm run build'] : [install];
  if (scripts.has('start')) return { command: undefined, prepare };
  const entry = ['server.js', 'index.js', 'main.js', 'app.js'].find((name) => names.includes(name));
  if (entry !== undefined) return { command: `node ${entry}`, prepare };
  if (names.includes('Dockerfile')) return { command: undefined, prepare: [] };
  throw new MsaError('MSA_USAGE', `the package.json in ${folder} has no script "start"`, {
    hint: 'Add one, or pass --command with what starts the service.',
  });
}

function scriptsOf(text: string): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(text);
    const hasScripts = typeof value === 'object' && value !== null && 'scripts' in value;
    return new Set(hasScripts && typeof value.scripts === 'object' ? Object.keys(value.scripts ?? {}) : []);
  } catch {
    return new Set();
  }
}
