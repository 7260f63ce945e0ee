import * as z from 'zod/mini';

import { tokenAlgorithms } from '../../protocol/policies/auth.ts';
import { defaultValues } from './default-values.ts';
import { durationPattern, parseDurationMs } from './quantities.ts';
import { documented, mapping, text } from './schema-parts.ts';
import { workspacePathPattern, workspacePathProblem } from './workspace-path.ts';

const pathPattern = /^\/[\w.~!$&'()*+,;=:@/-]{0,400}$/;
const urlPattern = /^https?:\/\/[^\s/?#@]{1,255}(?:\/[^\s#]{0,1000})?$/;
/** A connection that nobody else can be on. */
const loopbackPattern = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|host\.docker\.internal)(?:[:/]|$)/;
const algorithmPattern = new RegExp(`^(?:${tokenAlgorithms.join('|')})$`);
/** Steps with dots between them, or the address that some issuers name a claim by. */
const claimPattern = /^(?:[a-z]{1,20}:\/\/\S{1,200}|[^\s.]{1,200}(?:\.[^\s.]{1,200}){0,5})$/;

const name = { error: 'must be the name of a service of this workspace' };
const value = { error: 'must be a text' };
const filled = (schema: z.ZodMiniString) => schema.check(z.minLength(1, 'must not be empty'), z.maxLength(500));
const audience = { error: 'must be a text, or a list such as `[shop]`' };

const claims = mapping(
  {
    roles: documented(z.optional(text(claimPattern, claimProblem)), {
      description: 'Where a token has its roles; with dots when they lie deeper. An address is one name.',
      default: defaultValues.rolesClaim,
      examples: ['realm_access.roles', 'https://shop.example.com/roles'],
    }),
    scopes: documented(z.optional(text(claimPattern, claimProblem)), {
      description: 'Where a token has its scopes.',
      default: defaultValues.scopesClaim,
      examples: ['scp'],
    }),
  },
  'must be a mapping such as `{ roles: realm_access.roles }`',
);

const issuer = mapping(
  {
    service: documented(z.optional(z.string(name)), {
      description: 'The service of the workspace that signs tokens. An issuer has either `service` or `jwks`.',
      examples: ['auth'],
    }),
    path: documented(z.optional(text(pathPattern, pathProblem)), {
      description: 'Where that service publishes its keys.',
      default: defaultValues.keySetPath,
    }),
    jwks: documented(z.optional(text(urlPattern, urlProblem)), {
      description: 'Where somebody else publishes keys.',
      examples: ['https://login.example.com/.well-known/jwks.json'],
    }),
    issuer: documented(filled(z.string(value)), {
      description: 'What `iss` says in its tokens, letter by letter.',
      examples: ['https://login.example.com/'],
    }),
    audience: documented(
      z.optional(z.union([filled(z.string(audience)), z.array(filled(z.string(audience)), audience)], audience)),
      { description: 'Whom its tokens are meant for: one of these stands in `aud`.', examples: ['shop'] },
    ),
    algorithms: documented(
      z.optional(z.array(text(algorithmPattern, algorithmProblem), { error: 'must be a list such as `[RS256]`' })),
      { description: 'How its tokens may be signed.', default: defaultValues.tokenAlgorithms },
    ),
    clockSkew: documented(z.optional(text(durationPattern, upTo('5m'))), {
      description: 'How far its clock may be from ours.',
      default: defaultValues.clockSkew,
    }),
    refresh: documented(z.optional(text(durationPattern, upTo('24h'))), {
      description: 'How old its keys may get before they are asked for again; a key nobody knows is asked for at once.',
      default: defaultValues.keyRefresh,
    }),
    keep: documented(z.optional(text(durationPattern, upTo('720h'))), {
      description: 'How long its last keys hold while it does not answer.',
      default: defaultValues.keyKeep,
    }),
    claims: documented(z.optional(claims), { description: 'Where its tokens have what routes ask for.' }),
  },
  'must be a mapping such as `{ service: auth, issuer: "https://shop.example.com", audience: shop }`',
);

/** Whom the gateway believes who a request is from. */
export const gatewayAuth = mapping(
  {
    issuers: documented(z.optional(z.array(issuer, { error: 'must be a list of issuers' })), {
      description: 'Who signs the tokens that are believed.',
    }),
    keysFile: documented(z.optional(text(workspacePathPattern, workspacePathProblem)), {
      description: 'A file with the hashes of API keys, relative to this one; `msa keys add` writes it.',
      examples: ['gateway/keys.yaml'],
    }),
  },
  'must be a mapping such as `{ issuers: [{ service: auth, issuer: …, audience: … }] }`',
);

export type WrittenGatewayAuth = z.infer<typeof gatewayAuth>;
export type WrittenIssuer = z.infer<typeof issuer>;

function pathProblem(path: string): string | undefined {
  return pathPattern.test(path) ? undefined : 'must be a path that begins with `/`';
}

function urlProblem(url: string): string | undefined {
  if (!urlPattern.test(url)) return 'must be an address such as `https://login.example.com/keys`';
  if (url.startsWith('https:') || loopbackPattern.test(url)) return undefined;
  return 'must be an `https:` address (keys that come unencrypted could be anybody’s)';
}

function algorithmProblem(algorithm: string): string | undefined {
  if (algorithmPattern.test(algorithm)) return undefined;
  if (/^hs/i.test(algorithm)) {
    return 'must be a way to sign with a pair of keys, such as `ES256` (with one secret, whoever checks tokens could make them)';
  }
  if (/^none$/i.test(algorithm)) return 'must be a way to sign, such as `ES256`';
  return `must be one of ${tokenAlgorithms.map((known) => `\`${known}\``).join(', ')}`;
}

function claimProblem(claim: string): string | undefined {
  return claimPattern.test(claim) ? undefined : 'must be the name of a claim, such as `roles` or `realm_access.roles`';
}

function upTo(longest: string): (duration: string) => string | undefined {
  const longestMs = parseDurationMs(longest);
  return (duration) => {
    const durationMs = parseDurationMs(duration);
    if (Number.isNaN(durationMs)) return 'must be a duration with its unit, such as `30s` or `10m`';
    return durationMs <= longestMs ? undefined : `must be at most \`${longest}\``;
  };
}
