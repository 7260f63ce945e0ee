import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** One side of SCRAM-SHA-256 (RFC 5802, 7677) without channel binding, as Postgres asks for passwords. */
export interface ScramClient {
  readonly firstMessage: string;
  /** Throws when the server says something else than SCRAM. */
  readonly answer: (serverFirst: string) => string;
}

const keyBytes = 32;

/** The password is ASCII: nothing has to be normalised. */
export function createScramClient(password: string, nonce = randomBytes(18).toString('base64')): ScramClient {
  // Postgres knows the user already.
  const bare = `n=,r=${nonce}`;
  return {
    firstMessage: `n,,${bare}`,
    answer: (serverFirst) => {
      const [, serverNonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
      if (serverNonce === undefined || salt === undefined || !serverNonce.startsWith(nonce))
        throw new Error('the database server does not speak SCRAM');
      const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), keyBytes, 'sha256');
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=biws,r=${serverNonce}`;
      const storedKey = createHash('sha256').update(clientKey).digest();
      const signature = hmac(storedKey, `${bare},${serverFirst},${withoutProof}`);
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
      return `${withoutProof},p=${proof.toString('base64')}`;
    },
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
