import * as z from 'zod/mini';

import { needsToken, type NamedSchema, type Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

const problem: NamedSchema = {
  name: 'Problem',
  schema: z.object({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    problems: z.optional(z.array(z.string())),
  }),
};

const problemAnswer = {
  description: 'Why not (RFC 9457).',
  content: { 'application/problem+json': { schema: reference(problem) } },
};

/** The OpenAPI document of a table of routes. */
export function renderOpenApi(routes: readonly Route[]): Json {
  const paths = [...new Set(routes.map(({ path }) => path))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'The registry of msa',
      version: '1',
      description: 'The control plane of a system: what it consists of, which instances run, and how they are.',
    },
    paths: Object.fromEntries(paths.map((path) => [path, renderPath(routes.filter((route) => route.path === path))])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: renderSchemas(routes),
    },
  };
}

function renderPath(routes: readonly Route[]): Json {
  return Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), renderOperation(route)]));
}

function renderOperation(route: Route): Json {
  const { operationId, summary, path, body, answers } = route;
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const good = Object.entries(answers).map(([status, { description, type = 'application/json', body: shape }]) => {
    const content = { [type]: shape === undefined ? {} : { schema: reference(shape) } };
    return [status, status === '204' ? { description } : { description, content }];
  });
  return {
    operationId,
    summary,
    tags: [path.startsWith('/v1/') ? 'registry' : 'platform'],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } } }),
    ...(needsToken(route) ? { security: [{ token: [] }] } : {}),
    responses: { ...Object.fromEntries(good), default: problemAnswer },
  };
}

function renderSchemas(routes: readonly Route[]): Json {
  const bodies = routes.flatMap(({ body, answers }) => [body, ...Object.values(answers).map((answer) => answer.body)]);
  const named = [...bodies, problem].filter((body) => body !== undefined);
  return Object.fromEntries(named.map(({ name, schema }) => [name, toJsonSchema(schema)]));
}

function toJsonSchema(schema: NamedSchema['schema']): Json {
  const { $schema: _sameForAll, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function reference({ name }: NamedSchema): Json {
  return { $ref: `#/components/schemas/${name}` };
}
