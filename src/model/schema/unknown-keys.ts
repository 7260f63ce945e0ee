import { closest } from '../closest.ts';
import type { Finding, Path } from '../problem.ts';

/** Keys that come with features this version does not have. A file that uses them is meant for a later one. */
const laterKeys: ReadonlySet<string> = new Set(['release', 'releases']);

/** What people who come from Compose write, and what it is here. */
const foreignKeys: ReadonlyMap<string, string> = new Map([
  ['build', '`path` names the folder that is built.'],
  ['container_name', 'The key of the service is its name.'],
  ['depends_on', '`calls` lists the services it calls.'],
  ['dependsOn', '`calls` lists the services it calls.'],
  ['deploy', '`replicas` and `limits` stand directly in the service.'],
  ['entrypoint', '`command` is what the process engine runs.'],
  ['env_file', 'The key is `envFile`.'],
  ['environment', 'The key is `env`.'],
  ['healthcheck', '`health` is a path such as `/status`, or `tcp`.'],
  ['mem_limit', 'Write `limits: { memory: 512m }`.'],
  ['ports', '`port` is what the program listens on; `routes` make it public.'],
  ['resources', 'The key is `limits`.'],
  ['scale', 'The key is `replicas`.'],
]);

/** Says why a key is not known: mistyped, of another tool, of a later version. */
export function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const place = { path: [...path, key], at: 'key' } as const;
  if (laterKeys.has(key)) {
    const message = `This version of msa does not know \`${key}\` yet.`;
    return { ...place, message, hint: 'Remove it, or use a version of msa that has it.' };
  }
  const near = closest(key, known);
  const list = `Known here: ${known.join(', ')}.`;
  const hint = foreignKeys.get(key) ?? (near === undefined ? list : `Did you mean \`${near}\`?`);
  return { ...place, message: `\`${key}\` is not a key msa knows in ${container(path)}.`, hint };
}

function container(path: Path): string {
  if (path.length === 0) return 'a workspace';
  if (path.length === 2 && path[0] === 'services') return 'a service';
  if (path.at(-2) === 'routes') return 'a route';
  if (path.at(-2) === 'calls') return 'a call';
  if (path.at(-2) === 'filters') return 'a filter';
  if (path.at(-2) === 'matches') return 'a match';
  const named = path.findLast((step) => typeof step === 'string');
  return `\`${named ?? ''}\``;
}
