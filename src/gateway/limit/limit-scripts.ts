import { createScript } from '../redis/create-script.ts';
import type { SharedStore, StoreReply } from '../redis/shared-store.ts';
import type { Charge } from './charge.ts';
import type { LimitRule } from './limit-rule.ts';

// Redis' own clock counts, so that gateways need not agree on the time. Its numbers are doubles: microseconds since 1970
// take 51 of their 53 bits.
const rateScript = createScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, capacity, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local from = tonumber(redis.call('GET', KEYS[1]) or '0')
if from < now then from = now end
local granted = math.floor((capacity - (from - now)) / interval)
if granted > wanted then granted = wanted end
if granted <= 0 then return { 0, from - now, 0 } end
local untilTime = from + granted * interval
redis.call('SET', KEYS[1], string.format('%.0f', untilTime), 'PX', math.ceil((untilTime - now) / 1000) + 1)
return { granted, untilTime - now, 0 }
`);

const refundScript = createScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local untilTime = tonumber(redis.call('GET', KEYS[1]) or '0') - tonumber(ARGV[1])
if untilTime <= now then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.0f', untilTime), 'PX', math.ceil((untilTime - now) / 1000) + 1)
return 1
`);

const quotaScript = createScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, limit, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local rest = (math.floor(now / window) + 1) * window - now
local mark = string.format('%.0f ', math.floor(now / window))
local known = redis.call('GET', KEYS[1])
local used = 0
if known and string.sub(known, 1, #mark) == mark then used = tonumber(string.sub(known, #mark + 1)) end
local granted = limit - used
if granted > wanted then granted = wanted end
if granted <= 0 then return { 0, rest, 0 } end
redis.call('SET', KEYS[1], mark .. string.format('%.0f', used + granted), 'PX', math.ceil(rest / 1000) + 1)
return { granted, rest, limit - used - granted }
`);

/** Asks Redis to let so many in; undefined when it gives no answer. */
export async function chargeShared(
  store: SharedStore,
  rule: LimitRule,
  { key, wanted }: { readonly key: string; readonly wanted: number },
): Promise<Charge | undefined> {
  const reply =
    rule.kind === 'rate'
      ? await store.run(rateScript, [key], [String(rule.intervalUs), String(rule.sharedCapacityUs), String(wanted)])
      : await store.run(quotaScript, [key], [String(rule.windowUs), String(rule.limit), String(wanted)]);
  return readCharge(reply);
}

/** Gives one of a rate back to Redis; what is left of a quota is kept until its window ends. */
export async function refundShared(store: SharedStore, { kind, intervalUs }: LimitRule, key: string): Promise<void> {
  if (kind === 'rate') await store.run(refundScript, [key], [String(intervalUs)]);
}

function readCharge(reply: StoreReply | undefined): Charge | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [granted, resetUs, left]: readonly unknown[] = reply;
  if (typeof granted !== 'number' || typeof resetUs !== 'number' || typeof left !== 'number') return undefined;
  return { granted, resetUs, left };
}
