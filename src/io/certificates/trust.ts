import { rootCertificates } from 'node:tls';

/** Certificates that are trusted beside everybody's, as PEM. */
export type Trusted = () => Promise<readonly string[]>;

/** What a connection is opened with. */
export interface TrustOptions {
  readonly ca?: string[];
}

/** Connections over TLS that believe msa's certificates as well as everybody's. */
export async function trustFor(url: string, trusted: Trusted): Promise<TrustOptions> {
  if (!url.startsWith('https:')) return {};
  const more = await trusted();
  // Named at all, they replace those that Node has.
  return more.length === 0 ? {} : { ca: [...rootCertificates, ...more] };
}
