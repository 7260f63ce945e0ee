import * as z from 'zod/mini';

import { documented, mapping, text } from '../schema-parts.ts';

const networkPattern = /^[\da-fA-F.:]{2,45}(?:\/\d{1,3})?$/;
const methodPattern = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS';
const callPattern = new RegExp(`^(?:(?:${methodPattern}|\\*) )?/[\\w.~!$&'()+,;=@%/-]{0,400}$`);

const networks = () =>
  z.optional(z.array(text(networkPattern, networkProblem), { error: 'must be a list such as `[10.0.0.0/8]`' }));

/** Whose word on clients is taken. */
export const proxies = () =>
  z.optional(z.array(text(networkPattern, proxyProblem), { error: 'must be a list such as `[10.0.0.0/8]`' }));

const nobody = 'must have somebody in it (without it, everybody may come in)';
const somebody = z
  .array(text(networkPattern, networkProblem), { error: 'must be a list such as `[10.0.0.0/8]`' })
  .check(z.refine((list) => list.length > 0, { error: nobody }));

const addressList = () =>
  mapping(
    {
      allow: documented(z.optional(somebody), {
        description: 'Addresses and networks that may come in, and nobody else.',
        examples: [['192.168.0.0/16', '::1']],
      }),
      deny: documented(networks(), { description: 'Addresses and networks that may not, whatever `allow` says.' }),
    },
    'must be a mapping such as `{ allow: [10.0.0.0/8] }`',
  );

/** From where requests may come. */
export const accessKeys = {
  access: documented(z.nullish(addressList()), {
    description: 'From where requests may come, by the address of the client.',
  }),
};

/** The same for the gateway as a whole; clients and services apart. */
export const gatewayAccess = mapping(
  {
    public: documented(z.nullish(addressList()), { description: 'From where clients may come.' }),
    internal: documented(z.nullish(addressList()), { description: 'From where calls of services may come.' }),
  },
  'must be a mapping such as `{ public: { allow: [10.0.0.0/8] } }`',
);

/** What of another service may be called. */
export const allowKeys = {
  allow: documented(
    z.optional(z.array(text(callPattern, callProblem), { error: 'must be a list such as `["GET /users"]`' })),
    {
      description: 'What may be called, and nothing else: a method and a path, with everything below it.',
      examples: [['GET /users', 'POST /users/search']],
    },
  ),
};

const accessSchema = mapping({ ...accessKeys, ...allowKeys }, '');
export type WrittenAccess = z.infer<typeof accessSchema>;
export type WrittenGatewayAccess = z.infer<typeof gatewayAccess>;

function networkProblem(network: string): string | undefined {
  const must = 'must be an address or a network, such as `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`';
  const [address = '', bits] = network.split('/');
  const isIpv4 = z.ipv4().safeParse(address).success;
  if (!networkPattern.test(network) || !(isIpv4 || z.ipv6().safeParse(address).success)) return must;
  if (bits !== undefined && Number(bits) > (isIpv4 ? 32 : 128)) return must;
  return undefined;
}

function proxyProblem(network: string): string | undefined {
  const problem = networkProblem(network);
  if (problem !== undefined || !network.endsWith('/0')) return problem;
  return 'must be proxies and not everybody, who could then say to come from anywhere';
}

function callProblem(call: string): string | undefined {
  if (callPattern.test(call)) return undefined;
  return 'must be a method and a path, such as `GET /users`; a path alone allows every method';
}
