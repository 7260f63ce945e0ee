import Negotiator from 'negotiator';

import type { CompressionCoding } from '../../protocol/policies/compress.ts';

/** Clients send few different values, again and again. */
const maxRemembered = 256;
const maxLength = 1024;

/** Finds the coding of an answer for what a client accepts; undefined is none. */
export function codingChooser(
  codings: readonly CompressionCoding[],
): (accepted: string) => CompressionCoding | undefined {
  const remembered = new Map<string, CompressionCoding | undefined>();
  return (accepted) => {
    if (accepted === '' || accepted.length > maxLength) return undefined;
    if (remembered.has(accepted)) return remembered.get(accepted);
    const chosen = negotiate(accepted, codings);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(accepted, chosen);
    return chosen;
  };
}

/** As it is since 1.0, of which its types know nothing yet. */
interface PreferringNegotiator {
  encodings(available: readonly string[], options: { readonly preferred: readonly string[] }): string[];
}

function negotiate(accepted: string, codings: readonly CompressionCoding[]): CompressionCoding | undefined {
  const negotiator: PreferringNegotiator = new Negotiator({ headers: { 'accept-encoding': accepted } });
  const chosen = negotiator.encodings([...codings, 'identity'], { preferred: codings })[0];
  return codings.find((coding) => coding === chosen);
}
