import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collection, create, createTestApp, declared, follow, newKey, sampleDraft, send } from './support.ts';

test('the entry point leads to everything, and every link works', async () => {
  const app = createTestApp();
  const { body } = await send(app, 'GET', '/');
  const rels = body.links.map(({ rel }: { rel: string }) => rel);
  for (const rel of ['self', 'collection', 'create', 'service-desc', 'describedby']) assert.ok(rels.includes(rel), rel);
  for (const link of body.links.filter(({ method }: { method: string }) => method === 'GET')) {
    assert.equal((await follow(app, link, '*')).status, 200, link.href);
  }
});

test('an item is created, read, changed and found again', async () => {
  const app = createTestApp();
  const created = await create(app);
  assert.equal(created.status, 201, created.text);
  assert.equal(created.headers['location'], `http://localhost:80${collection}/${created.body.id}`);
  const read = await send(app, 'GET', `${collection}/${created.body.id}`);
  assert.deepEqual([read.body, read.etag], [created.body, created.etag]);
  const changed = await send(app, 'PUT', `${collection}/${created.body.id}`, {
    headers: { 'if-match': read.etag },
    payload: sampleDraft(),
  });
  assert.equal(changed.body.version, 2, changed.text);
  const { body } = await send(app, 'GET', collection);
  assert.deepEqual(body.items, [changed.body]);
});

test('pages follow each other in both directions', async () => {
  const app = createTestApp();
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    made.push((await create(app)).body.id);
    // Ids sort by the millisecond.
    await sleep(2);
  }
  const idsFrom = async (start: string, rel: string): Promise<string[][]> => {
    const { body } = await send(app, 'GET', start);
    const next = body.links.find((link: { rel: string }) => link.rel === rel);
    const ids = body.items.map(({ id }: { id: string }) => id);
    if (!next) return [ids];
    const { pathname, search } = new URL(next.href);
    return [ids, ...(await idsFrom(pathname + search, rel))];
  };
  const forward = await idsFrom(`${collection}?limit=2`, 'next');
  assert.deepEqual(forward, [made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
  const last = Buffer.from(`>${made[3]}`).toString('base64url');
  const backward = await idsFrom(`${collection}?limit=2&cursor=${last}`, 'prev');
  assert.deepEqual(backward, [made.slice(4), made.slice(2, 4), made.slice(0, 2)]);
});

test('a limit or a cursor that makes no sense is refused', async () => {
  const app = createTestApp();
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'cursor=x', 'cursor=PiAn']) {
    assert.equal((await send(app, 'GET', `${collection}?${query}`)).status, 400, query);
  }
});

test('the same item in three media types, and 406 for any other', async () => {
  const app = createTestApp();
  const { body } = await create(app);
  const read = (accept: string) => send(app, 'GET', `${collection}/${body.id}`, { headers: { accept } });
  const hal = await read('application/hal+json');
  assert.equal(hal.body._links.self.href, body.links[0].href);
  const forms = await read('application/prs.hal-forms+json');
  assert.deepEqual(
    forms.body._templates.edit.properties.map(({ name }: { name: string }) => name),
    Object.keys(declared.fields),
  );
  const etags = new Set([hal.etag, forms.etag, (await read('*/*')).etag]);
  assert.equal(etags.size, 3);
  const refused = await read('text/html');
  assert.equal(refused.status, 406);
  assert.equal(refused.body.available.length, 3);
  for (const reply of [hal, forms]) assert.equal(reply.headers['vary'], 'Accept');
});

test('what the client has already is not sent again', async () => {
  const app = createTestApp();
  const { body, etag } = await create(app);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const reply = await send(app, 'GET', `${collection}/${body.id}`, { headers: { 'if-none-match': known } });
    assert.deepEqual([reply.status, reply.text, reply.etag], [304, '', etag], known);
  }
});

test('nobody changes an item without having seen it', async () => {
  const app = createTestApp();
  const { body, etag } = await create(app);
  const put = (headers: Record<string, string>) =>
    send(app, 'PUT', `${collection}/${body.id}`, { headers, payload: sampleDraft() });
  assert.equal((await put({})).status, 428);
  assert.equal((await put({ 'if-match': '"9-x"' })).status, 412);
  assert.equal((await put({ 'if-match': `W/${etag}` })).status, 412);
  assert.equal((await put({ 'if-match': etag })).status, 200);
  assert.equal((await put({ 'if-match': etag })).status, 412);
  assert.equal((await put({ 'if-match': '*' })).status, 200);
});

test('of many writers who saw the same version one wins', async () => {
  const app = createTestApp();
  const { body, etag } = await create(app);
  const writers = Array.from({ length: 10 }, () =>
    follow(app, { method: 'PUT', href: `${collection}/${body.id}` }, etag),
  );
  const statuses = (await Promise.all(writers)).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [200, ...Array.from({ length: 9 }, () => 412)]);
});

test('HEAD is GET without a body, OPTIONS tells the methods, others get 405', async () => {
  const app = createTestApp();
  const head = await send(app, 'HEAD', collection);
  assert.deepEqual([head.status, head.text], [200, '']);
  for (const path of ['/', collection, `${collection}/x`, '/openapi.json', '/health/live', '/metrics']) {
    const options = await send(app, 'OPTIONS', path);
    assert.equal(options.status, 204, path);
    const refused = await send(app, 'PATCH', path, { headers: { 'content-type': 'text/csv' }, payload: 'x' });
    assert.deepEqual([refused.status, refused.headers['allow']], [405, options.headers['allow']], path);
    assert.equal((await send(app, 'PROPFIND', path)).status, 405, path);
  }
});

test('bad bodies are refused with the place of each mistake', async () => {
  const app = createTestApp();
  const post = (payload: string, type = 'application/json') =>
    send(app, 'POST', collection, { payload, headers: { 'content-type': type } });
  const wrong = await post(JSON.stringify({ ...sampleDraft(), 'un/known': 1 }));
  assert.deepEqual(
    [wrong.status, wrong.body.errors],
    [400, [{ pointer: '#/un~1known', detail: 'is not a known field' }]],
  );
  for (const payload of [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"__proto__":{}}',
    '{"constructor":{"prototype":{}}}',
    '{"x":"\\ud800"}',
  ]) {
    assert.equal((await post(payload)).status, 400, payload);
  }
  assert.equal((await post('a=b', 'application/x-www-form-urlencoded')).status, 415);
  assert.equal((await post(JSON.stringify({ x: 'x'.repeat(70_000) }))).status, 413);
});

test('every problem is a document whose type can be opened', async () => {
  const app = createTestApp();
  for (const path of [
    '/nothing',
    `${collection}/nothing`,
    '/%zz',
    '/rels/__proto__',
    `${collection}/%00`,
    `${collection}/${'x'.repeat(200)}`,
  ]) {
    const { status, headers, body } = await send(app, 'GET', path);
    assert.match(String(headers['content-type']), /^application\/problem\+json/, path);
    assert.deepEqual([body.status, body.instance], [status, path]);
    assert.match(body.traceId, /^[0-9a-f]{32}$/);
    assert.equal((await send(app, 'GET', new URL(body.type).pathname)).status, 200, body.type);
  }
});

test('nothing of an unexpected error reaches the client', async () => {
  const fail = (): never => {
    throw new Error('secret');
  };
  const app = createTestApp({ rules: { create: fail } });
  const { status, text } = await create(app);
  assert.equal(status, 500);
  assert.doesNotMatch(text, /secret|at /);
});

test('a valid traceparent is continued, any other replaced', async () => {
  const app = createTestApp();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const trace = async (traceparent: string) =>
    String((await send(app, 'GET', '/', { headers: { traceparent } })).headers['traceparent']);
  assert.match(
    await trace(`00-${traceId}-b7ad6b7169203331-01`),
    new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`),
  );
  for (const bad of ['', 'x', `ff-${traceId}-b7ad6b7169203331-01`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]) {
    assert.match(await trace(bad), new RegExp(`^00-(?!${traceId})[0-9a-f]{32}-[0-9a-f]{16}-01$`), bad);
  }
});

test('links begin with the address the reader came from, when a trusted proxy says so', async () => {
  const publicUrl = 'https://public.example';
  const forwarded = { 'x-forwarded-host': 'shop.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/api' };
  const selfOf = async (trusted: boolean, headers: Record<string, string>) => {
    const app = createTestApp({ config: { trusts: () => trusted, publicUrl } });
    return (await send(app, 'GET', '/', { headers })).body.links[0].href;
  };
  assert.equal(await selfOf(true, forwarded), 'https://shop.example/api/');
  assert.equal(await selfOf(true, { ...forwarded, 'x-forwarded-port': '8443' }), 'https://shop.example:8443/api/');
  assert.equal(await selfOf(true, { ...forwarded, 'x-forwarded-host': 'evil.example/"><x' }), `${publicUrl}/`);
  assert.equal(await selfOf(true, { ...forwarded, 'x-forwarded-prefix': '/../x y' }), 'https://shop.example/');
  assert.equal(await selfOf(false, forwarded), `${publicUrl}/`);
});

test('readiness asks the store and fails while the instance drains; liveness does not', async () => {
  const lifecycle = { isDraining: false };
  const app = createTestApp({ lifecycle });
  assert.equal((await send(app, 'GET', '/health/ready')).status, 200);
  lifecycle.isDraining = true;
  assert.equal((await send(app, 'GET', '/health/ready')).status, 503);
  const live = await send(app, 'GET', '/health/live');
  assert.deepEqual([live.status, live.headers['connection']], [200, 'close']);
});

test('a request in flight is answered while the server closes', async () => {
  const app = createTestApp({ rules: { create: () => sleep(100) } });
  const pending = send(app, 'POST', collection, { payload: sampleDraft() });
  await sleep(30);
  await app.close();
  assert.equal((await pending).status, 201);
});

test('requests are counted by route, never by address', async () => {
  const app = createTestApp();
  await send(app, 'GET', `${collection}/some-id`);
  const { text } = await send(app, 'GET', '/metrics');
  assert.match(
    text,
    new RegExp(`http_request_duration_seconds_count\\{method="GET",route="${collection}/:id",status="404"\\} 1`),
  );
  assert.doesNotMatch(text, /some-id/);
});

test('a malformed Idempotency-Key is refused, and a missing one where it is required', async () => {
  const app = createTestApp();
  const post = (key: Record<string, string>) =>
    app.inject({ method: 'POST', url: collection, payload: sampleDraft(), headers: key });
  assert.equal((await post({})).statusCode, 400);
  for (const key of ['""', '"a', 'a b', '"a", "b"', `"${'x'.repeat(256)}"`, '"\u00e4"']) {
    assert.equal((await post({ 'idempotency-key': key })).statusCode, 400, key);
  }
  for (const key of [newKey(), 'bare-token', '"with \\" quote"']) {
    assert.equal((await post({ 'idempotency-key': key })).statusCode, 201, key);
  }
});
