import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Command, Commands, Result } from '../commands.ts';
import { createLink, representItem } from '../links.ts';
import type { Link } from '../links.ts';
import { problem } from '../problem.ts';
import { actionsOf, draftSchema } from '../resource.ts';
import type { Action, Resource } from '../resource.ts';
import type { Item, Store } from '../store.ts';
import { requireAcceptable } from './answer.ts';
import type { Answer, Exchange } from './answer.ts';
import { readIdempotencyKey, requireMatch } from './headers.ts';
import { listPage } from './paging.ts';
import { servePath } from './paths.ts';
import type { Operation } from './paths.ts';

type Fields = Item['fields'];

export interface RouteParts {
  readonly resource: Resource;
  readonly store: Store;
  readonly commands: Commands;
  readonly answer: Answer;
}

/** Serves the collection, its items and their transitions, all as declared. */
export function addResourceRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { resource } = parts;
  const collection = `/${resource.plural}`;
  const [edit, remove] = (['edit', 'delete'] as const).map((kind) =>
    actionsOf(resource).find((action) => action.kind === kind),
  );
  servePath(app, collection, { GET: listOperation(parts), POST: createOperation(parts) });
  servePath(app, `${collection}/:id`, {
    GET: readOperation(parts),
    ...(edit && { PUT: changeOperation(parts, edit) }),
    ...(remove && { DELETE: changeOperation(parts, remove) }),
  });
  for (const action of actionsOf(resource).filter(({ kind }) => kind === 'transition')) {
    servePath(app, `${collection}/:id${action.path}`, { POST: changeOperation(parts, action) });
  }
}

function listOperation({ resource, store, answer }: RouteParts): Operation {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const { items, links, page } = await listPage(store, request.query as Fields);
    const collection = `${request.base}/${resource.plural}`;
    return answer(
      { request, reply },
      {
        items: items.map((item) => representItem(resource, item, request.base)),
        properties: { page },
        links: [
          ...links.map(({ rel, query }): Link => ({ rel, method: 'GET', href: `${collection}${query}` })),
          createLink(resource, request.base),
        ],
      },
    );
  };
  return { handler, options: { onRequest: requireAcceptable } };
}

function readOperation({ resource, store, answer }: RouteParts): Operation {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const item = await store.get(idOf(request));
    if (!item) throw problem('not-found', `There is no ${resource.title} with this id.`);
    return answer({ request, reply }, representItem(resource, item, request.base), { version: item.version });
  };
  return { handler, options: { onRequest: requireAcceptable } };
}

function createOperation(parts: RouteParts): Operation {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const command = commandOf(request, { needsKey: true });
    const result = await parts.commands.create(request.body as Fields, command);
    reply.header('location', `${request.base}/${parts.resource.plural}/${result.outcome.item.id}`);
    return answerResult(parts, { request, reply }, result);
  };
  return { handler, options: { onRequest: requireAcceptable, schema: { body: draftSchema(parts.resource) } } };
}

function changeOperation(parts: RouteParts, action: Action): Operation {
  const takesDraft = action.kind === 'edit';
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const command = commandOf(request, { needsKey: action.requires.includes('Idempotency-Key') });
    const target = { id: idOf(request), action, ...(takesDraft && { draft: request.body as Fields }) };
    return answerResult(parts, { request, reply }, await parts.commands.change(target, command));
  };
  const body = takesDraft
    ? draftSchema(parts.resource)
    : { type: 'object', nullable: true, additionalProperties: false };
  return { handler, options: { onRequest: requireAcceptable, schema: { body } } };
}

function commandOf(request: FastifyRequest, { needsKey }: { needsKey: boolean }): Command {
  const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key']);
  if (needsKey && idempotencyKey === undefined) {
    throw problem(
      'invalid-request',
      'Send an Idempotency-Key, chosen anew for each new request and kept for its retries.',
    );
  }
  return {
    call: { idempotencyKey, log: request.log, signal: request.lifetime },
    requireSeen: (version) => requireMatch(version, request.headers['if-match']),
    base: request.base,
  };
}

/** A replay keeps the item as it was then; its links are built for whoever asks now. */
function answerResult(
  { resource, answer }: RouteParts,
  exchange: Exchange,
  { outcome, replayed }: Result,
): FastifyReply {
  const { request, reply } = exchange;
  const { status, item } = outcome;
  if (replayed) reply.header('idempotency-replayed', 'true');
  if (status === 204) return reply.code(204).send();
  return answer(exchange, representItem(resource, item, request.base), { status, version: item.version });
}

/** Refuses what cannot be an id, so that no store has to cope with it. */
function idOf(request: FastifyRequest): string {
  const { id } = request.params as { id: string };
  if (/^\w+$/.test(id)) return id;
  throw problem('not-found', `${JSON.stringify(id)} is not the id of anything.`);
}
