import type { FastifyInstance } from 'fastify';
import { createLink } from '../links.ts';
import type { Link } from '../links.ts';
import { describeApi } from '../openapi.ts';
import { problem, problemKinds } from '../problem.ts';
import { actionsOf, creationOf } from '../resource.ts';
import type { Resource } from '../resource.ts';
import { service } from '../service.ts';
import { requireAcceptable } from './answer.ts';
import { servePath } from './paths.ts';
import type { RouteParts } from './resource-routes.ts';

/** Serves what lets a client find its way from one address: the entry point, the contract, and what names mean. */
export function addDiscoveryRoutes(app: FastifyInstance, { resource, answer }: RouteParts): void {
  const document = JSON.stringify(describeApi(resource, service));
  const relations = new Map(describeRelations(resource).map((relation) => [relation.rel, relation]));
  const problems = new Map(Object.entries(problemKinds));

  servePath(app, '/', {
    GET: {
      options: { onRequest: requireAcceptable },
      handler: async (request, reply) => {
        const { title, description, version } = service;
        const links = entryLinks(resource, request.base);
        return answer({ request, reply }, { properties: { title, description, version }, links });
      },
    },
  });
  servePath(app, '/openapi.json', {
    GET: { handler: async (_request, reply) => reply.type('application/json').send(document) },
  });
  servePath(app, '/rels/:name', { GET: { handler: async ({ params }) => lookUp(relations, params) } });
  servePath(app, '/problems/:name', { GET: { handler: async ({ params }) => lookUp(problems, params) } });
}

function entryLinks(resource: Resource, base: string): Link[] {
  return [
    { rel: 'self', method: 'GET', href: `${base}/` },
    { rel: 'collection', method: 'GET', href: `${base}/${resource.plural}`, title: `All ${resource.titlePlural}` },
    createLink(resource, base),
    { rel: 'service-desc', method: 'GET', href: `${base}/openapi.json`, title: 'The contract (OpenAPI)' },
    ...describeRelations(resource).map(({ rel, title }): Link => ({
      rel: 'describedby',
      method: 'GET',
      href: `${base}/rels/${rel}`,
      title,
    })),
  ];
}

/** The relations IANA does not know: creating, deleting and the transitions. */
function describeRelations(resource: Resource) {
  const collection = `/${resource.plural}`;
  const own = [creationOf(resource), ...actionsOf(resource)].filter(({ kind }) => kind !== 'edit');
  return own.map(({ kind, rel, method, title, path, requires, states, to }) => ({
    rel,
    title,
    method,
    path: kind === 'create' ? collection : `${collection}/{id}${path}`,
    requires,
    ...(states && { possibleIn: states }),
    ...(to !== undefined && { leadsTo: to }),
  }));
}

function lookUp<T>(known: ReadonlyMap<string, T>, params: unknown): T {
  const found = known.get((params as { name: string }).name);
  if (found === undefined) throw problem('not-found', `Known are ${[...known.keys()].join(', ')}.`);
  return found;
}
