import * as z from 'zod/mini';

import { authModes } from '../../../protocol/policies/auth.ts';
import { documented, mapping, oneOf, text } from '../schema-parts.ts';

/** What a scope may consist of (RFC 6749, 3.3). */
const scopePattern = /^[!#-[\]-~]{1,200}$/;
const rolePattern = /^\S(?:.{0,198}\S)?$/;

/** Each key of a schema needs a part of its own. */
export const scopes = () =>
  documented(
    z.optional(z.array(text(scopePattern, scopeProblem), { error: 'must be a list such as `[orders:read]`' })),
    {
      description: 'Scopes a token or key has to have, all of them.',
      examples: [['orders:read']],
    },
  );
export const roles = () =>
  documented(z.optional(z.array(text(rolePattern, roleProblem), { error: 'must be a list such as `[admin]`' })), {
    description: 'Roles of which a token or key has to have one.',
    examples: [['admin', 'clerk']],
  });

const oneOfModes = () =>
  z.enum(authModes, {
    error: 'must be `required`, `optional`, `none`, or a mapping such as `{ scopes: [orders:read] }`',
  });
const must = { error: 'must be `required`, `optional`, `none`, or a mapping such as `{ scopes: [orders:read] }`' };

const ofMethod = (method: string) =>
  documented(z.optional(z.union([oneOfModes(), mapping({ scopes: scopes(), roles: roles() }, must.error)], must)), {
    description: `What ${method} asks for.`,
  });

const methods = mapping(
  {
    GET: ofMethod('GET (and HEAD, if it is not named)'),
    HEAD: ofMethod('HEAD'),
    POST: ofMethod('POST'),
    PUT: ofMethod('PUT'),
    PATCH: ofMethod('PATCH'),
    DELETE: ofMethod('DELETE'),
    OPTIONS: ofMethod('OPTIONS'),
  },
  'must be a mapping such as `{ GET: none, POST: { scopes: [orders:write] } }`',
);

const routeAuth = mapping(
  {
    scopes: scopes(),
    roles: roles(),
    methods: documented(z.optional(methods), {
      description: 'Where a method asks for something else.',
      examples: [{ GET: 'none', POST: { scopes: ['orders:write'] } }],
    }),
    others: documented(z.optional(oneOf(authModes)), {
      description: 'What methods ask for that are not named.',
      default: 'required',
    }),
    forwardToken: documented(z.optional(z.boolean({ error: 'must be `true` or `false`' })), {
      description: 'Whether the service gets the token too, beside the X-Msa-… fields that say whose it is.',
      default: true,
    }),
  },
  must.error,
);

/** Who may send requests by a route or a call. */
export const authKeys = {
  auth: documented(z.optional(z.union([oneOfModes(), routeAuth], must)), {
    description:
      '`required`: a token of one of `gateway.auth.issuers`, or a key of `gateway.auth.keysFile`. `optional`: one that is ' +
      'shown has to be good. A mapping asks for scopes or roles besides, by method if need be.',
    default: 'none',
    examples: ['required', { scopes: ['orders:read'] }],
  }),
};

const authSchema = mapping(authKeys, '');
export type WrittenRouteAuth = NonNullable<z.infer<typeof authSchema>['auth']>;

function scopeProblem(scope: string): string | undefined {
  return scopePattern.test(scope) ? undefined : 'must be one scope such as `orders:read`, without spaces and quotes';
}

function roleProblem(role: string): string | undefined {
  return rolePattern.test(role) ? undefined : 'must be the name of a role';
}
