import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { actionsOf } from '../src/resource.ts';
import { collection, create, createTestApp, declared, follow, send } from './support.ts';
import type { Reply } from './support.ts';

const actions = actionsOf(declared);
const transitions = actions.filter(({ kind }) => kind === 'transition');

/** The shortest way from the initial state to each state that can be reached. */
function waysToStates(): Map<string | undefined, string[]> {
  const ways = new Map<string | undefined, string[]>([[declared.machine?.initial, []]]);
  for (const [state, way] of ways) {
    for (const { rel, to, states } of transitions) {
      if (states?.includes(state ?? '') === true && !ways.has(to)) ways.set(to, [...way, rel]);
    }
  }
  return ways;
}

async function createVia(app: FastifyInstance, way: readonly string[]): Promise<Reply> {
  let item = await create(app);
  for (const rel of way) item = await follow(app, linkOf(item, rel), item.etag);
  return item;
}

function linkOf(item: Reply, rel: string) {
  const link = item.body.links.find((candidate: { rel: string }) => candidate.rel === rel);
  assert.ok(link, `there is a link "${rel}" while the status is ${item.body.status}`);
  return link;
}

for (const [state, way] of waysToStates()) {
  for (const action of actions) {
    test(`${state ?? 'always'}: "${action.rel}" is linked if and only if following it is not refused`, async () => {
      const app = createTestApp();
      const item = await createVia(app, way);
      assert.equal(item.body.status, state);
      const isLinked = item.body.links.some(({ rel }: { rel: string }) => rel === action.rel);
      const href = `${collection}/${item.body.id}${action.path}`;
      const reply = await follow(app, { method: action.method, href }, item.etag);
      assert.equal(reply.status, isLinked ? (action.kind === 'delete' ? 204 : 200) : 409, reply.text);
      if (isLinked && action.to !== undefined) assert.equal(reply.body.status, action.to);
      if (isLinked) return;
      assert.equal(reply.body.currentState, state);
      assert.deepEqual(reply.body.links, item.body.links);
    });
  }
}

test('every link of every state leads somewhere', async () => {
  const app = createTestApp();
  for (const way of waysToStates().values()) {
    const { body } = await createVia(app, way);
    for (const { method, href } of body.links) {
      const reply = await send(app, 'OPTIONS', new URL(href).pathname);
      assert.ok(String(reply.headers['allow']).split(', ').includes(method), `${method} ${href}`);
    }
  }
});
