import { textHash } from '../../protocol/text-hash.ts';

/** 32 bits of a text that look like chance and are the same everywhere (FNV-1a, then MurmurHash3's last mixing). */
export function hashText(text: string): number {
  return mix(textHash(text));
}

/** Spreads every bit over all of them. */
export function mix(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
