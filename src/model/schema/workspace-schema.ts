import * as z from 'zod/mini';

import { namePattern, nameProblem, reservedServiceNames } from '../../protocol/names.ts';
import { defaultValues } from './default-values.ts';
import { deliverySchema } from './delivery-schema.ts';
import { gatewaySchema } from './gateway-schema.ts';
import { documented, mapping, oneOf, text } from './schema-parts.ts';
import { serviceSchema } from './service-schema.ts';
import { engineChoices, isolations } from '../workspace.ts';

const services = z.record(z.string(), serviceSchema, {
  error: 'must be a mapping of names to services, such as `users: { path: services/users }`',
});

/**
 * `msa.yaml` as it is written: the shape of every key. It validates, and json-schema.ts makes of it what editors use.
 * A key enters with the feature that makes it work. What relates keys to each other is in checks/.
 */
export const workspaceSchema = mapping(
  {
    name: documented(text(namePattern, nameProblem), {
      description: 'The name of the workspace: lower-case letters, digits and hyphens.',
      examples: ['shop'],
    }),
    engine: documented(z.optional(oneOf(engineChoices)), {
      description: 'What runs the instances. `auto` takes Docker when it answers, and plain processes otherwise.',
      default: defaultValues.engine,
    }),
    isolation: documented(z.optional(oneOf(isolations)), {
      description: '`strict` gives each service a network of its own, so that only declared calls have a route.',
      default: defaultValues.isolation,
    }),
    gateway: documented(z.nullish(gatewaySchema), { description: 'The way in for clients.' }),
    services: documented(z.nullish(services), {
      description: 'The services by name. The name is their host name and part of their variables.',
      propertyNames: { pattern: namePattern.source, not: { enum: reservedServiceNames } },
    }),
    delivery: documented(z.nullish(deliverySchema), {
      description: 'How a commit gets to users: pipelines, images, environments.',
    }),
  },
  'must be a mapping such as `name: shop`',
);

/** A workspace whose shape is right, before checks and defaults. */
export type WrittenWorkspace = z.infer<typeof workspaceSchema>;
/** A service of it; also what edits write. */
export type WrittenService = z.infer<typeof serviceSchema>;
