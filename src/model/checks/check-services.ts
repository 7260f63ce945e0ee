import { serviceNameProblem } from '../../protocol/names.ts';
import type { Finding, Path } from '../problem.ts';
import { similarName } from '../similar-name.ts';
import type { ServiceDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { normalizeWorkspacePath } from '../schema/workspace-path.ts';

/** Names are host names and nothing of msa's own; each service comes from one place, and no two from the same. */
export function checkServices({ engine, services }: WorkspaceDraft): readonly Finding[] {
  return [
    ...services.flatMap(checkName),
    ...instanceNames(services),
    ...services.flatMap((service) => checkSource(service, engine)),
    ...samePlaces(services),
  ];
}

function checkName({ name, path }: ServiceDraft): readonly Finding[] {
  const problem = serviceNameProblem(name);
  if (problem === undefined) return [];
  return [{ path, at: 'key', message: `The service name \`${name}\` ${problem}.`, hint: similarName(name) }];
}

/** `orders-1` is what the first instance of `orders` is called. */
function instanceNames(services: readonly ServiceDraft[]): readonly Finding[] {
  return services.flatMap(({ name, path }) => {
    const unit = /^(.+)-[1-9]\d*$/.exec(name)?.[1];
    const other = services.find((service) => service.name === unit);
    if (other === undefined) return [];
    const message = `The service name \`${name}\` is that of an instance of \`${other.name}\`.`;
    return [{ path, at: 'key', message, hint: 'Give one of the two another name.', other: other.path }];
  });
}

function checkSource({ name, path, keys }: ServiceDraft, engine: string | undefined): readonly Finding[] {
  if (keys === undefined) return [];
  if (keys.has('path') && keys.has('image')) {
    const message = `The service \`${name}\` has both \`path\` and \`image\`, but comes from one of them.`;
    const hint = 'Keep `path` to build it from its folder, or `image` to run it as it is.';
    return [{ path: [...path, 'image'], at: 'key', message, hint, other: [...path, 'path'] }];
  }
  if (!keys.has('path') && !keys.has('image')) {
    const message = `The service \`${name}\` has neither \`path\` nor \`image\`, so there is nothing to run.`;
    return [{ path, at: 'key', message, hint: `For example: \`path: services/${name}\`.` }];
  }
  if (engine === 'process' && keys.has('image') && !keys.has('command')) {
    const message = `The process engine cannot run the image of \`${name}\`.`;
    return [{ path: [...path, 'image'], at: 'key', message, hint: 'Add the `command` that starts the same program.' }];
  }
  return [];
}

function samePlaces(services: readonly ServiceDraft[]): readonly Finding[] {
  const seen = new Map<string, { readonly name: string; readonly path: Path }>();
  const findings: Finding[] = [];
  for (const { name, folder, path: servicePath } of services) {
    if (folder === undefined) continue;
    const path = [...servicePath, 'path'];
    const place = normalizeWorkspacePath(folder);
    const other = seen.get(place);
    if (other === undefined) seen.set(place, { name, path });
    else
      findings.push({ path, message: `\`${folder}\` is already the folder of \`${other.name}\`.`, other: other.path });
  }
  return findings;
}
