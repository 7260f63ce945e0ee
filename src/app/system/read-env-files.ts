import { MsaError } from '../../model/errors.ts';
import type { Service } from '../../model/workspace.ts';
import { parseEnvFile } from '../../plan/env-file.ts';
import type { FileStore } from '../../ports/file-store.ts';
import { joinPath } from '../paths.ts';

type Values = Readonly<Record<string, string>>;

/** The env files of services, by service; every line that is wrong is told at once. */
export async function readEnvFiles(
  files: FileStore,
  root: string,
  services: readonly Service[],
): Promise<ReadonlyMap<string, Values>> {
  const found = await Promise.all(services.map((service) => readEnvFile(files, root, service)));
  const problems = found.flatMap((file) => file.problems);
  const [first, ...others] = problems;
  if (first === undefined) return new Map(found.map(({ service, values }) => [service, values]));
  throw new MsaError('MSA_WORKSPACE_INVALID', others.length === 0 ? first : 'env files have problems', {
    details: others.length === 0 ? [] : problems,
    data: { problems },
  });
}

interface Read {
  readonly service: string;
  readonly values: Values;
  readonly problems: readonly string[];
}

async function readEnvFile(files: FileStore, root: string, { name, envFile }: Service): Promise<Read> {
  if (envFile === undefined) return { service: name, values: {}, problems: [] };
  const text = await files.read(joinPath(root, envFile));
  if (text === undefined) return { service: name, values: {}, problems: [`${envFile} of ${name} does not exist`] };
  const { values, problems } = parseEnvFile(text);
  return { service: name, values, problems: problems.map(({ line, message }) => `${envFile}:${line} ${message}`) };
}
