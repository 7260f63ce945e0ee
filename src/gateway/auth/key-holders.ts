import { hash } from 'node:crypto';

import type { ApiKey } from '../../protocol/policies/auth.ts';
import { withFields } from './identity.ts';
import type { KnownIdentity } from './identity.ts';

const maxKeyLength = 256;

/**
 * Whom API keys belong to. They are looked up by their hash: how long that takes says nothing of a key that is nearly
 * right, and who reads the gateway's state has no key.
 */
export class KeyHolders {
  private readonly bySha256: ReadonlyMap<string, KnownIdentity>;

  constructor(keys: readonly ApiKey[]) {
    this.bySha256 = new Map(keys.map((key) => [key.sha256, identityOf(key)]));
  }

  find(key: string): KnownIdentity | undefined {
    if (key === '' || key.length > maxKeyLength) return undefined;
    return this.bySha256.get(hash('sha256', Buffer.from(key, 'latin1')));
  }
}

function identityOf({ name, roles, scopes }: ApiKey): KnownIdentity {
  return withFields({ kind: 'key', subject: name, consumer: name, issuer: undefined, roles, scopes });
}
