import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { currentRequest } from '../src/trace.ts';
import { collection, createTestApp, newKey, sampleDraft } from './support.ts';

/** A rule that waits, and keeps the signal it was given. */
function waitingRule(ms: number) {
  const seen: AbortSignal[] = [];
  const create = async (_draft: unknown, { signal }: { signal: AbortSignal }) => {
    seen.push(signal);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  };
  return { seen, rules: { create } };
}

/** Over a real socket: what happens between processes does not show otherwise. */
async function post(app: FastifyInstance, more: Record<string, string> = {}) {
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': newKey(), ...more };
  const outgoing = request(`${address}${collection}`, { method: 'POST', headers });
  outgoing.end(JSON.stringify(sampleDraft()));
  return outgoing;
}

test('a rule keeps its signal for as long as the client waits', async () => {
  const { seen, rules } = waitingRule(50);
  const app = createTestApp({ rules });
  const [reply] = await once(await post(app), 'response');
  reply.resume();
  await once(reply, 'end');
  await app.close();
  assert.equal(reply.statusCode, 201);
  assert.deepEqual(seen.map(({ aborted }) => aborted), [false]);
});

test('a client that goes ends the work for it', async () => {
  const { seen, rules } = waitingRule(5000);
  const app = createTestApp({ rules });
  const outgoing = await post(app);
  outgoing.on('error', () => undefined);
  while (seen.length === 0) await sleep(5);
  outgoing.destroy();
  await once(seen[0] as AbortSignal, 'abort');
  await app.close();
});

test('a client whose time is up is told so', async () => {
  const { seen, rules } = waitingRule(5000);
  const app = createTestApp({ rules, answerTimeoutMs: 50 });
  const [reply] = await once(await post(app), 'response');
  reply.resume();
  await app.close();
  assert.equal(reply.statusCode, 503);
  assert.deepEqual(seen.map(({ aborted }) => aborted), [true]);
});

test('a rule works for as long as its caller waits, when that is known', async () => {
  for (const [said, known] of [['60000', true], ['soon', false], ['-1', false]] as const) {
    const seen: (number | undefined)[] = [];
    const create = async () => void seen.push(currentRequest.getStore()?.deadlineAt);
    const app = createTestApp({ rules: { create } });
    const [reply] = await once(await post(app, { 'x-msa-timeout-ms': said }), 'response');
    reply.resume();
    await once(reply, 'end');
    await app.close();
    const [deadlineAt] = seen;
    assert.equal(seen.length, 1);
    assert.equal(deadlineAt !== undefined, known);
    if (deadlineAt !== undefined) assert.ok(deadlineAt > performance.now() && deadlineAt <= performance.now() + 60_000);
  }
});
