import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { stateDirectory } from '../../../plan/containers.ts';
import type { Unit } from '../../../plan/desired.ts';
import type { Place } from '../../../ports/engine.ts';
import type { EngineOptions } from '../../create-engines.ts';
import { labels, platformRole } from '../containers/labels.ts';
import type { BuildTarget } from './bake-file.ts';

/** Which image every unit runs from. */
export interface Images {
  /** Its name, whether it is made here or comes from elsewhere. */
  readonly nameOf: (unit: Unit) => string;
  /** What has to be built for it; undefined for what comes from elsewhere. */
  readonly targetOf: (unit: Unit) => BuildTarget | undefined;
}

const hashLength = 16;

export function createImages({ workspace }: Place, { programsDirectory, version }: EngineOptions): Images {
  let platform: BuildTarget | undefined;
  const targetOf = (unit: Unit): BuildTarget | undefined => {
    if (unit.program.kind === 'folder') {
      const { directory, content } = unit.program;
      return {
        name: unit.name,
        tag: `msa/${workspace}/${unit.name}:${content.slice(0, hashLength)}`,
        context: directory,
        dockerfile: undefined,
        labels: { [labels.workspace]: workspace, [labels.role]: 'service', [labels.service]: unit.name },
      };
    }
    if (unit.role !== 'registry' && unit.role !== 'gateway') return undefined;
    platform ??= platformTarget(programsDirectory, version);
    return platform;
  };
  return {
    targetOf,
    nameOf: (unit) => {
      if (unit.program.kind === 'image') return unit.program.image;
      const target = targetOf(unit);
      if (target === undefined) throw new Error(`nothing says what ${unit.name} runs from`);
      return target.tag;
    },
  };
}

/** Where the programs of the platform image are. */
export const programDirectory = '/app';

const programs = ['registry.js', 'gateway.js'];

/** The user is that which the image has for programs. The registry asks how they are, Docker need not. */
export const platformDockerfile = `# check=error=true
FROM node:24-slim
RUN install --directory --owner 1000 --group 1000 ${stateDirectory}
ENV NODE_ENV=production
WORKDIR ${programDirectory}
COPY ${programs.join(' ')} ./
USER 1000:1000
HEALTHCHECK NONE
`;

/** One image for gateway, registry and helpers, shared by all workspaces that run the same version of msa. */
function platformTarget(programsDirectory: string, version: string): BuildTarget {
  // The version is a label of the image, so that two with the same programs are two images.
  const hash = createHash('sha256').update(`${version}\0${platformDockerfile}`);
  for (const program of programs) hash.update(readFileSync(join(programsDirectory, program)));
  return {
    // No service can have a name with an underscore.
    name: 'msa_platform',
    tag: `msa/platform:${hash.digest('hex').slice(0, hashLength)}`,
    context: programsDirectory,
    dockerfile: platformDockerfile,
    labels: { [labels.role]: platformRole, [labels.version]: version },
  };
}
