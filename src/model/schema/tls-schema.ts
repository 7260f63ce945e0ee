import * as z from 'zod/mini';

import { documented, mapping, text } from './schema-parts.ts';
import { workspacePathPattern, workspacePathProblem } from './workspace-path.ts';

const must =
  'must be `auto`, a mapping such as `{ cert: certs/shop.pem, key: certs/shop.key }`, or names for `auto` such as `{ names: [shop.test] }`';

const hostName = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,8}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const maxNames = 32;

const path = () => text(workspacePathPattern, workspacePathProblem);
const namesError = { error: `must be a list of at most ${maxNames} host names such as \`[shop.test]\`` };

const written = mapping(
  {
    cert: documented(z.optional(path()), {
      description: 'The certificate with its chain as PEM, relative to this file.',
      examples: ['certs/shop.pem'],
    }),
    key: documented(z.optional(path()), {
      description: 'The key of the certificate as PEM, relative to this file; keep it out of git.',
      examples: ['certs/shop.key'],
    }),
    names: documented(
      z.optional(z.array(text(hostName, hostNameProblem), namesError).check(z.maxLength(maxNames, namesError))),
      {
        description: 'More names for the certificate that msa makes, beside localhost, 127.0.0.1 and ::1.',
        examples: [['shop.test']],
      },
    ),
  },
  must,
);

/** HTTPS on the public listener, as it is written. */
export const tlsKeys = {
  tls: documented(z.nullish(z.union([z.literal('auto', { error: must }), written], { error: must })), {
    description:
      'HTTPS instead of HTTP. `auto` makes a certificate with a CA of this machine; the other way is a certificate of your own.',
    examples: ['auto', { cert: 'certs/shop.pem', key: 'certs/shop.key' }],
  }),
};

function hostNameProblem(name: string): string | undefined {
  return hostName.test(name) && name.length <= 253
    ? undefined
    : 'must be a host name in lower case, such as `shop.test`';
}
