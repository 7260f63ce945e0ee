import * as z from 'zod/mini';

import { namePattern, nameProblem } from '../../protocol/names.ts';
import { deployStrategies, pipelineProviders } from '../delivery.ts';
import { cronPattern, cronProblem } from './cron.ts';
import { commandLine } from './command-line.ts';
import { defaultValues } from './default-values.ts';
import { documented, mapping, oneOf, text } from './schema-parts.ts';

const registryPattern =
  /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-{1,9})[a-z0-9]+){0,30}){0,10}$/;
// What git takes and no YAML, shell or glob of a pipeline gives a meaning.
const branchPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|[./](?![./]|$)){0,99}$/;
const urlPattern = /^https?:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]{0,500})?$/;

const weight = { error: 'must be a whole number of percent from 1 to 99' };
const weightList = { error: 'must be a list of at most 20 percentages such as `[10, 50]`' };

const environment = mapping(
  {
    deploy: documented(commandLine(), {
      description:
        'What deploys one service, run without a shell in this folder; it gets MSA_SERVICE, MSA_IMAGE and more.',
      examples: ['sh deploy/compose.sh'],
    }),
    analyse: documented(z.optional(commandLine()), {
      description: 'What says whether the new version does well, by its exit code; if not, it is rolled back.',
      examples: ['sh deploy/analyse.sh'],
    }),
    url: documented(z.optional(text(urlPattern, urlProblem)), {
      description: 'Where people reach it.',
      examples: ['https://staging.example.com'],
    }),
    strategy: documented(z.optional(oneOf(deployStrategies)), {
      description:
        '`canary` moves the requests in steps, `blue-green` at once after the new version has been looked at.',
      default: defaultValues.strategy,
    }),
    weights: documented(
      z.optional(
        z
          .array(z.int(weight).check(z.gte(1, weight), z.lte(99, weight)), weightList)
          .check(z.maxLength(20, weightList)),
      ),
      {
        description:
          'Of a canary: percent of the requests that the new version gets, step by step; 100 follows by itself.',
        examples: [[10, 50]],
      },
    ),
    approval: documented(z.optional(z.boolean({ error: 'must be `true` or `false`' })), {
      description: 'A person has to agree before anything is deployed here.',
      default: false,
    }),
  },
  'must be a mapping such as `{ deploy: sh deploy/compose.sh }`',
);

const environments = z.record(z.string(), environment, {
  error: 'must be a mapping of names to environments, such as `staging: { deploy: sh deploy/compose.sh }`',
});

/** `delivery:` of msa.yaml as it is written. */
export const deliverySchema = mapping(
  {
    pipelines: documented(
      z.optional(z.array(oneOf(pipelineProviders), { error: 'must be a list such as `[github]`' })),
      { description: 'For which systems this workspace has pipelines; `msa new workflow` adds them.' },
    ),
    registry: documented(z.optional(text(registryPattern, registryProblem)), {
      description: 'Where images are published: that of a service is `<registry>/<service>`.',
      examples: ['ghcr.io/acme/shop'],
    }),
    branch: documented(z.optional(text(branchPattern, branchProblem)), {
      description: 'The branch that is published and deployed.',
      default: defaultValues.branch,
    }),
    schedule: documented(z.optional(text(cronPattern, cronProblem)), {
      description: 'When the whole pipeline runs although nothing has changed, as a cron expression.',
      examples: ['0 3 * * 1'],
    }),
    chaos: documented(
      z.optional(z.array(text(namePattern, nameProblem), { error: 'must be a list of services such as `[orders]`' })),
      {
        description: 'Services of which an instance is killed under load in the system test.',
        examples: [['orders']],
      },
    ),
    environments: documented(z.nullish(environments), {
      description: 'Where releases go, in the order in which they pass through.',
      propertyNames: { pattern: namePattern.source },
    }),
  },
  'must be a mapping such as `{ registry: ghcr.io/acme/shop }`',
);

export type WrittenDelivery = z.infer<typeof deliverySchema>;

function registryProblem(registry: string): string | undefined {
  if (registry.includes('://')) return 'must be without `https://`, such as `ghcr.io/acme/shop`';
  if (registry !== registry.toLowerCase()) return 'must be in lower case, as registries demand it';
  if (!registryPattern.test(registry)) return 'must be a registry with a path, such as `ghcr.io/acme/shop`';
  const [host = '', ...path] = registry.split('/');
  // What has neither is a path at Docker Hub to Docker, and the host to whoever logs in.
  if (!/[.:]|^localhost$/.test(host)) return `must begin with a host, such as \`docker.io/${registry}\``;
  const isHub = host === 'docker.io' || host === 'index.docker.io';
  return isHub && path.length !== 1
    ? 'must have one name after `docker.io/`, since Docker Hub has no paths'
    : undefined;
}

function branchProblem(branch: string): string | undefined {
  return branchPattern.test(branch) ? undefined : 'must be the name of a branch such as `main`';
}

function urlProblem(url: string): string | undefined {
  return urlPattern.test(url) ? undefined : 'must be an address such as `https://staging.example.com`';
}
