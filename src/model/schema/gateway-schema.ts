import * as z from 'zod/mini';

import { gatewayAuth } from './gateway-auth.ts';
import { gatewayAccess, proxies } from './policies/access.ts';
import { defaultValues } from './default-values.ts';
import { gatewayLimitsKeys } from './gateway-limits-schema.ts';
import { defaultsSchema } from './policy-schema.ts';
import { route } from './route-schema.ts';
import { documented, mapping } from './schema-parts.ts';
import { tlsKeys } from './tls-schema.ts';

// Each option of a union has its error too: zod reports the option instead of the union when only one comes near.
const port = { error: 'must be a port from 1 to 65535, or `auto`' };
const gatewayPort = z.union([z.int(port).check(z.gte(1, port), z.lte(65_535, port)), z.literal('auto', port)], port);

const address = {
  error: 'must be an IP address of this machine, such as `127.0.0.1`, or `0.0.0.0` for all of them',
};
const bindAddress = z.union([z.ipv4(address), z.ipv6(address)], address);

const processes = { error: 'must be a number of processes from 1 to 64, or `auto`' };
const gatewayWorkers = z.union(
  [z.int(processes).check(z.gte(1, processes), z.lte(64, processes)), z.literal('auto', processes)],
  processes,
);

/** The gateway of `msa.yaml` as it is written: its public listener, and what holds for all that comes in. */
export const gatewaySchema = mapping(
  {
    port: documented(z.optional(gatewayPort), {
      description: 'The port of the public listener; `auto` takes a free one.',
      default: defaultValues.gatewayPort,
    }),
    bind: documented(z.optional(bindAddress), {
      description: 'The address it listens on. Only this machine reaches the default.',
      default: defaultValues.gatewayBind,
      examples: ['127.0.0.1', '0.0.0.0'],
    }),
    workers: documented(z.optional(gatewayWorkers), {
      description: 'In how many processes it takes requests; `auto` for one per processor.',
      default: defaultValues.gatewayWorkers,
    }),
    ...tlsKeys,
    ...gatewayLimitsKeys,
    routes: documented(
      z.nullish(z.array(route, { error: 'must be a list such as `[{ path: /old, redirect: { path: /new } }]`' })),
      {
        description: 'Routes that belong to no single service: each has `split`, `redirect`, `respond` or `aggregate`.',
      },
    ),
    auth: documented(z.nullish(gatewayAuth), { description: 'Whom the gateway believes who a request is from.' }),
    access: documented(z.nullish(gatewayAccess), { description: 'From where requests may come at all.' }),
    trustedProxies: documented(proxies(), {
      description:
        'Addresses and networks of proxies before the gateway. By what they write into X-Forwarded-For and ' +
        'X-Forwarded-Proto it knows clients; of others it believes nothing.',
      examples: [['10.0.0.0/8']],
    }),
    defaults: documented(z.nullish(defaultsSchema), {
      description: 'What holds for all public routes that do not say otherwise.',
    }),
  },
  'must be a mapping such as `{ port: 8080 }`',
);

export type WrittenGateway = z.infer<typeof gatewaySchema>;
