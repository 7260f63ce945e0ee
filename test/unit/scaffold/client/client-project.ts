import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../../..');
const template = join(root, 'templates/rest/base');

/** A service in a temporary directory, with the parts of the template that clients are built on. */
export interface ClientProject extends AsyncDisposable {
  readonly directory: string;
  /** Writes `src/clients/<name>.ts`. */
  write(name: string, text: string): Promise<void>;
  /** Compiles and imports the client of that name. */
  load<Module extends object>(name: string): Promise<Module>;
}

/** Makes the project; it is gone at the end of the block that uses it. */
export async function createClientProject(): Promise<ClientProject> {
  const directory = await mkdtemp(join(tmpdir(), 'msa-client-'));
  await mkdir(join(directory, 'src/clients'), { recursive: true });
  await Promise.all(
    ['call.ts', 'problem.ts', 'trace.ts'].map((file) => cp(join(template, 'src', file), join(directory, 'src', file))),
  );
  await cp(join(import.meta.dirname, '../../../fixtures/undici-stub.ts'), join(directory, 'src/undici.ts'));
  await cp(join(template, 'tsconfig.json'), join(directory, 'template.json'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const options = { paths: { undici: ['./src/undici.ts'] } };
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: './template.json', compilerOptions: options }),
  );
  await writeFile(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  const source = (name: string): string => join(directory, `src/clients/${name}.ts`);
  return {
    directory,
    write: (name, text) => writeFile(source(name), text),
    async load<Module extends object>(name: string) {
      const outfile = join(directory, `${name}.mjs`);
      const alias = { undici: join(directory, 'src/undici.ts') };
      await build({ entryPoints: [source(name)], outfile, alias, bundle: true, platform: 'node', format: 'esm' });
      const loaded: Module = await import(outfile);
      return loaded;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
