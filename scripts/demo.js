// `npm run demo`: the main job from nothing, with the real command line, in a directory that is gone afterwards. With
// Docker if it answers, else as plain processes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from './ensure-installed.js';
import { follow, get, send } from './hypermedia-client.js';
import { findLeftBehind } from './left-behind.js';

const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text);
const say = (text) => console.log(`\n${bold(text)}`);
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'msa-demo-')));
const shop = join(directory, 'shop');
process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

ensureInstalled();
run(process.execPath, [join(root, 'scripts/build.js')]);

say('1. A shop from an empty folder: users, payments, and orders that calls both');
msa(directory, 'init', 'shop', '--example', 'shop', '--yes');

const keys = Object.fromEntries(
  ['ann', 'bob'].map((name) => [name, JSON.parse(quiet('keys', 'add', name, '--yes', '--json')).key]),
);

say('2. Up: gateway, registry, Redis, and two instances of each service');
// Any free port, so that the demo never meets a program of yours.
msa(shop, 'up', '--port', 'auto', '--timeout', '300s');
msa(shop, 'ps');

say('3. An order, placed and paid by a client that knows one address and follows links');
const { workspace, url, engine } = JSON.parse(quiet('ps', '--json'));
const paidOrder = await placeAndPay();

say('4. What the gateway does by itself');
await showGateway(paidOrder);

say('5. An instance of orders is killed under load');
msa(shop, 'chaos', 'kill', 'orders', '--yes');
msa(shop, 'stats', '--once');

say('6. One more service; what runs already is left alone');
msa(
  shop,
  'new',
  'service',
  'reviews',
  '--fields',
  'stars:int text:text?',
  '--states',
  'draft>published, draft>discarded',
  '--yes',
);
msa(shop, 'up', '--dry-run');
msa(shop, 'up', '--timeout', '300s');
msa(shop, 'call', 'GET', '/reviews');

say('7. Down, and nothing is left behind');
msa(shop, 'down', '--volumes');
if (engine === 'docker') removeImages(workspace);
const left = await findLeftBehind({ workspace, root: shop, docker: engine === 'docker' });
for (const line of left) console.log(`still there: ${line}`);
if (left.length > 0) process.exit(1);
console.log('No process, container, network or volume is left.');

say('For yourself:');
console.log(`  npm install --global ${root}\n  msa init shop --example shop && cd shop && msa up`);
process.exit(0);

async function placeAndPay() {
  const entry = await visit('GET /', get(`${url}/`));
  const user = await visit('users: create', create(entry, '/users', { name: 'Ann', email: 'ann@example.com' }));
  const order = await visit(
    'orders: create',
    create(entry, '/orders', { userId: user.body.id, item: 'book', quantity: 1, amount: 12.5, currency: 'EUR' }),
  );
  const paid = await visit('order: pay', follow(order, 'pay'));
  if (paid.body.status !== 'paid') throw new Error(`the order is ${paid.body.status}`);
  return paid;
}

/** One of each: an answer made of several, a filter, a limit per user, an answer that is given while a service is down. */
async function showGateway(paid) {
  const { id, userId } = paid.body;
  const receipt = await asked(`${url}/receipts/${id}`, keys.ann);
  expectThat('one answer of three services', receipt.status === 200 && receipt.body.user.name === 'Ann');
  console.log(`    GET /receipts/${id} -> ${Object.keys(receipt.body).join(', ')}`);

  const stamped = await get(`${url}/orders/${id}`);
  expectThat('a filter has stamped the answer', stamped.headers['x-took-ms'] !== undefined);
  console.log(`    x-took-ms: ${String(stamped.headers['x-took-ms'])}`);

  const ann = await statusesOf(`${url}/receipts/${id}`, { times: 15, key: keys.ann });
  const bob = await statusesOf(`${url}/receipts/${id}`, { times: 5, key: keys.bob });
  expectThat('ann has had enough for now, bob has not', ann.includes(429) && !bob.includes(429));
  console.log(`    15 of ann: ${count(ann)}; 5 of bob: ${count(bob)}`);

  msa(shop, 'scale', 'users=0');
  const entry = await get(`${url}/`);
  const again = { userId, item: 'another book', quantity: 1, amount: 9.5, currency: 'EUR' };
  const placed = await create(entry, '/orders', again);
  expectThat('who is known may order while users is down', placed.status === 201);
  console.log(`    users has no instance; the order is ${placed.body.status}`);
  msa(shop, 'scale', 'users=2');
}

async function statusesOf(address, { times, key }) {
  const all = Array.from({ length: times }, () => asked(address, key));
  return (await Promise.all(all)).map(({ status }) => status);
}

function asked(address, key) {
  return send('GET', address, { headers: { 'x-api-key': key } });
}

function count(statuses) {
  const kinds = [...new Set(statuses)].toSorted((one, other) => one - other);
  return kinds.map((status) => `${statuses.filter((other) => other === status).length} x ${status}`).join(', ');
}

function expectThat(what, isSo) {
  if (!isSo) throw new Error(`not so: ${what}`);
  console.log(bold(what));
}

/** The entry point links to each service's collection, and that one has a link to create. */
async function create(entry, path, body) {
  const collection = entry.body.links.find(({ href }) => new URL(href, url).pathname === path);
  return follow(await get(new URL(collection.href, url).href), 'create', body);
}

async function visit(what, pending) {
  const reply = await pending;
  if (reply.status >= 400) throw new Error(`${what} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  const { status, links = [] } = reply.body;
  const from = reply.headers['x-msa-instance'];
  console.log(
    `${bold(what)} -> ${reply.status}${typeof status === 'string' ? `, it is ${status}` : ''}${from ? ` (${from})` : ''}`,
  );
  for (const { rel, method = 'GET', href } of links.filter((link) => !['describedby', 'self'].includes(link.rel)))
    console.log(`    ${rel.padEnd(14)} ${method.padEnd(6)} ${href}`);
  return reply;
}

/** Runs msa as a person would; it must succeed. */
function msa(cwd, ...argv) {
  const quoted = argv.map((word) => (/^[\w/@.=:-]+$/.test(word) ? word : JSON.stringify(word)));
  console.log(`$ msa ${quoted.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'bin/msa.js'), ...argv], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`msa ${argv[0]} ended with ${status}`);
}

function quiet(...argv) {
  return run(process.execPath, [join(root, 'bin/msa.js'), ...argv], shop);
}

/** Runs a command that must succeed and gives what it printed. */
function run(command, argv, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, argv, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${argv.join(' ')} failed (${status ?? error?.message}):\n${stdout}${stderr}`);
}

/** `msa down` keeps them for the next time, which a folder that goes does not have. */
function removeImages(name) {
  const wanted = ['--quiet', '--filter', `label=msa.workspace=${name}`];
  const { stdout } = spawnSync('docker', ['images', ...wanted], { encoding: 'utf8' });
  const ids = new Set(stdout?.split('\n').filter((id) => id !== ''));
  if (ids.size > 0) spawnSync('docker', ['image', 'rm', '--force', ...ids]);
}

function cleanUp() {
  if (existsSync(join(shop, 'msa.yaml')))
    spawnSync(process.execPath, [join(root, 'bin/msa.js'), 'down', '--volumes'], { cwd: shop });
  rmSync(directory, { recursive: true, force: true });
}
