import { closest } from '../model/closest.ts';
import { MsaError } from '../model/errors.ts';
import type { Service } from '../model/workspace.ts';
import { quoted } from '../scaffold/answers/parsed.ts';
import type { OpenWorkspace } from './open-workspace.ts';

/** The service of that name, or an error that says which there are. */
export function findService({ workspace }: OpenWorkspace, name: string): Service {
  const found = workspace.services.find((service) => service.name === name);
  if (found !== undefined) return found;
  const known = workspace.services.map((service) => service.name);
  const meant = closest(name, known);
  throw new MsaError('MSA_SERVICE_UNKNOWN', `there is no service ${quoted(name)}`, {
    hint: meant === undefined ? `There are: ${known.join(', ') || 'none yet'}.` : `Did you mean ${meant}?`,
  });
}
