import type { SharedStore, StoreReply } from '../redis/shared-store.ts';

/** Removes what nobody will look for any more, as far as Redis answers: what is left goes when its time is over. */
export async function removeKeys(redis: SharedStore, beginning: string): Promise<void> {
  let cursor = '0';
  do {
    const reply = await redis.send(['SCAN', cursor, 'MATCH', `${beginning}*`, 'COUNT', '500']);
    const [next, found] = itemsOf(reply);
    const keys = itemsOf(found).flatMap((key) => (Buffer.isBuffer(key) ? [key] : []));
    if (keys.length > 0) await redis.send(['DEL', ...keys]);
    cursor = Buffer.isBuffer(next) ? next.toString() : '0';
  } while (cursor !== '0');
}

function itemsOf(reply: StoreReply | undefined): readonly StoreReply[] {
  if (typeof reply !== 'object' || reply === null || Buffer.isBuffer(reply)) return [];
  return reply;
}
