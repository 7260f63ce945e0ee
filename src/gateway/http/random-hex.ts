import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

/** Random bytes as hexadecimal digits, from a pool: asking the system for each request costs ten times as much. */
export function randomHex(byteCount: number): string {
  if (used + byteCount > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('hex', used, used + byteCount);
  used += byteCount;
  return text;
}
