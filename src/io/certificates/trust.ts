import type { SecureContext } from 'node:tls';

/** Certificates that are trusted beside everybody's, as PEM. */
export type Trusted = () => Promise<readonly string[]>;

/** What a connection is opened with. */
export interface TrustOptions {
  readonly secureContext?: SecureContext;
}

/** Connections over TLS that believe msa's certificates as well as everybody's. */
export async function trustFor(url: string, trusted: Trusted): Promise<TrustOptions> {
  if (!url.startsWith('https:')) return {};
  const more = await trusted();
  if (more.length === 0) return {};
  // Loaded here, and not with every command, few of which open a connection over TLS.
  const { createSecureContext, rootCertificates } = await import('node:tls');
  // Named at all, they replace those that Node has. Read once: for every connection it would take longer than all else.
  return { secureContext: createSecureContext({ ca: [...rootCertificates, ...more] }) };
}
