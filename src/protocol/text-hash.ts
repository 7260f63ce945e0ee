/** A number that follows from a text alone, the same on every machine (FNV-1a, 32 bits). */
export function textHash(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  return hash;
}
