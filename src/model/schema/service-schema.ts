import * as z from 'zod/mini';

import { call } from './call-schema.ts';
import { commandLine, commandProblem } from './command-line.ts';
import { defaultValues } from './default-values.ts';
import { parseSizeBytes, sizePattern } from './quantities.ts';
import { route } from './route-schema.ts';
import { documented, mapping, oneOf, text, wholeNumber } from './schema-parts.ts';
import { workspacePathPattern, workspacePathProblem } from './workspace-path.ts';
import { protocols, stores } from '../workspace.ts';

const imagePattern =
  /^(?:[A-Za-z0-9.-]{1,200}(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:[._]|__|-{1,9})[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-{1,9})[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;
const healthPattern = /^(?:tcp|\/[^\s#]{0,400})$/;

/** Docker refuses less. */
const minMemoryBytes = 6 * 1024 ** 2;

const path = () => text(workspacePathPattern, workspacePathProblem);

const processors = { error: 'must be a number of processors from 0.01 to 256, such as 0.5' };
const limits = mapping(
  {
    memory: documented(z.optional(text(sizePattern, memoryProblem)), {
      description: 'The most memory one instance may use.',
      examples: ['512m', '1g'],
    }),
    cpus: documented(z.optional(z.number(processors).check(z.gte(0.01, processors), z.lte(256, processors))), {
      description: 'How many processors one instance may keep busy.',
      examples: [0.5, 2],
    }),
  },
  'must be a mapping such as `{ memory: 512m, cpus: 0.5 }`',
);

const scalar = { error: 'must be a text, a number, true or false (`""` is the empty text)' };
const environmentValue = z.union([z.string(scalar), z.number(scalar), z.boolean(scalar)], scalar);

/** A service of `msa.yaml` as it is written. */
export const serviceSchema = mapping(
  {
    description: documented(z.optional(z.string({ error: 'must be a text' })), {
      description: 'What the service is for, in one sentence.',
    }),
    path: documented(z.optional(path()), {
      description: 'The folder of the service, relative to this file. A service has either `path` or `image`.',
      examples: ['services/users'],
    }),
    image: documented(z.optional(text(imagePattern, imageProblem)), {
      description: 'A container image to run as it is. The process engine needs `command` beside it.',
      examples: ['ghcr.io/acme/legacy:1'],
    }),
    command: documented(z.optional(commandLine()), {
      description: 'What the process engine runs, without a shell. Under Docker the image says what to run.',
      examples: ['node dist/main.js', './bin/legacy'],
    }),
    prepare: documented(
      z.optional(z.union([commandLine(), z.array(commandLine())], { error: ({ input }) => prepareProblem(input) })),
      {
        description: 'What the process engine runs before the first start and after changes: one command or a list.',
        examples: ['npm ci', ['npm ci', 'npm run build']],
      },
    ),
    port: documented(z.optional(wholeNumber(1, 65_535)), {
      description: 'The port it listens on, for programs that do not read PORT.',
      examples: [3000],
    }),
    health: documented(z.optional(text(healthPattern, healthProblem)), {
      description:
        'A path that answers 2xx when the service is ready, or `tcp` when an open port is enough. ' +
        'Without it: /health/live and /health/ready.',
      default: defaultValues.health,
      examples: ['/status', 'tcp'],
    }),
    protocol: documented(z.optional(oneOf(protocols)), {
      description:
        'What it speaks. `grpc` and `h2c` are HTTP/2 without TLS; their health is `tcp` unless told otherwise.',
      default: defaultValues.protocol,
      examples: ['grpc'],
    }),
    replicas: documented(z.optional(wholeNumber(0, 50)), {
      description: 'How many instances run.',
      default: defaultValues.replicas,
    }),
    store: documented(z.optional(oneOf(stores)), {
      description: 'Where it keeps data: `redis` gives it REDIS_URL, `postgres` gives it DATABASE_URL.',
      default: defaultValues.store,
    }),
    calls: documented(z.nullish(z.array(call, { error: 'must be a list such as `[users, payments]`' })), {
      description: 'The services it calls. Each becomes a variable: `users` is reached at USERS_URL.',
      examples: [['users'], ['users', { service: 'payments', timeout: '1s' }]],
    }),
    routes: documented(z.nullish(z.array(route, { error: 'must be a list such as `[{ path: /users }]`' })), {
      description: 'The public paths that lead to this service. Without any it is internal.',
    }),
    env: documented(
      z.nullish(z.record(z.string(), environmentValue, { error: 'must be a mapping such as `{ LOG_LEVEL: debug }`' })),
      {
        description: 'Variables for the service, beside those it gets from msa.',
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      },
    ),
    envFile: documented(z.optional(path()), {
      description: 'A file of `NAME=value` lines, relative to this file; for secrets, so keep it out of git.',
      examples: ['services/users/.env'],
    }),
    limits: documented(z.nullish(limits), { description: 'What one instance may use of the machine.' }),
  },
  'must be a mapping such as `{ path: services/users }`',
);

function imageProblem(image: string): string | undefined {
  if (imagePattern.test(image) && image.length <= 500) return undefined;
  return 'must be an image name such as `ghcr.io/acme/legacy:1` (lower-case, no spaces)';
}

function healthProblem(health: string): string | undefined {
  return healthPattern.test(health) ? undefined : 'must be a path that begins with `/`, such as `/status`, or `tcp`';
}

function memoryProblem(memory: string): string | undefined {
  const bytes = parseSizeBytes(memory);
  if (Number.isNaN(bytes)) return 'must be an amount with its unit, such as `512m` or `1g`';
  return bytes >= minMemoryBytes ? undefined : 'must be at least `6m`';
}

function prepareProblem(input: unknown): string {
  const lines: unknown[] = Array.isArray(input) ? input : [input];
  const reasons = lines.map((line) => (typeof line === 'string' ? commandProblem(line) : undefined));
  return reasons.find((reason) => reason !== undefined) ?? 'must be a command such as `npm ci`, or a list of commands';
}
