import type { Finding } from '../problem.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';

const path = ['gateway', 'tls'];
const hint = 'Write `tls: auto`, or name both: `{ cert: certs/shop.pem, key: certs/shop.key }`.';

/** A certificate of the user's own is two files, and carries its names itself. */
export function checkTls({ gatewayTlsKeys: keys }: WorkspaceDraft): readonly Finding[] {
  if (keys === undefined) return [];
  const [hasCert, hasKey] = [keys.has('cert'), keys.has('key')];
  if (hasCert !== hasKey) {
    const [given, missing] = hasCert ? ['cert', 'key'] : ['key', 'cert'];
    return [{ path, at: 'key', message: `\`tls\` has a \`${given}\` and no \`${missing}\`.`, hint }];
  }
  if (hasCert && keys.has('names')) {
    const message = '`names` are for the certificate that msa makes; one of your own has its names.';
    return [{ path: [...path, 'names'], at: 'key', message, hint: 'Remove `names`, or `cert` and `key`.' }];
  }
  return keys.size === 0 ? [{ path, at: 'key', message: '`tls` says nothing of its certificate.', hint }] : [];
}
