// The contract, computed from the declaration. Pure, like resource.ts.

import { actionsOf, creationOf, draftSchema, itemSchema } from './resource.ts';
import type { Action, JsonSchema, Resource } from './resource.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

const ref = (kind: string, name: string): JsonSchema => ({ $ref: `#/components/${kind}/${name}` });

/** The OpenAPI 3.1 document of a service with this one resource. Same declaration, same document. */
export function describeApi(resource: Resource, { title, version, description }: ApiInfo): JsonSchema {
  const { plural, type, titlePlural } = resource;
  return {
    openapi: '3.1.1',
    info: { title, version, description },
    servers: [{ url: '/' }],
    // Who may call is decided in front of the service.
    security: [],
    tags: [{ name: plural, description: `Everything about ${titlePlural}` }],
    paths: {
      [`/${plural}`]: { get: listOperation(resource), post: createOperation(resource) },
      [`/${plural}/{id}`]: { parameters: [ref('parameters', 'Id')], ...itemOperations(resource) },
      ...transitionPaths(resource),
    },
    components: {
      schemas: {
        [type]: itemSchema(resource),
        [`${type}Draft`]: draftSchema(resource),
        [`${type}Page`]: pageSchema(type),
        ...sharedSchemas,
      },
      parameters,
      headers,
      responses: problemResponses,
    },
  };
}

function listOperation(resource: Resource): JsonSchema {
  return {
    ...about(resource, `list${pascal(resource.plural)}`, `List ${resource.titlePlural}`),
    parameters: [ref('parameters', 'Limit'), ref('parameters', 'Cursor')],
    responses: {
      '200': represented(`A page of ${resource.titlePlural}, oldest first`, `${resource.type}Page`),
      ...problems('400', '406'),
    },
  };
}

function createOperation(resource: Resource): JsonSchema {
  const created = represented(`The new ${resource.title}`, resource.type);
  return {
    ...about(resource, `create${resource.type}`, creationOf(resource).title),
    parameters: [ref('parameters', 'IdempotencyKey')],
    requestBody: draftBody(resource),
    responses: {
      '201': {
        ...created,
        headers: {
          ETag: ref('headers', 'ETag'),
          Location: ref('headers', 'Location'),
          'Idempotency-Replayed': ref('headers', 'Replayed'),
        },
        links: followUps(resource, resource.machine?.initial),
      },
      ...problems('400', '406', '409', '413', '415', '422'),
    },
  };
}

function itemOperations(resource: Resource): JsonSchema {
  const { type, title } = resource;
  const edit = actionsOf(resource).find(({ kind }) => kind === 'edit');
  const remove = actionsOf(resource).find(({ kind }) => kind === 'delete');
  return {
    get: {
      ...about(resource, `get${type}`, `Read one ${title}`),
      parameters: [ref('parameters', 'IfNoneMatch')],
      responses: {
        '200': { ...represented(`The ${title}`, type), headers: { ETag: ref('headers', 'ETag') } },
        '304': { description: 'What the client has is current' },
        ...problems('404', '406', '414'),
      },
    },
    ...(edit && { put: { ...changeOperation(resource, edit, `edit${type}`), requestBody: draftBody(resource) } }),
    ...(remove && { delete: changeOperation(resource, remove, `delete${type}`) }),
  };
}

function transitionPaths(resource: Resource): JsonSchema {
  const transitions = actionsOf(resource).filter(({ kind }) => kind === 'transition');
  return Object.fromEntries(
    transitions.map((action) => [
      `/${resource.plural}/{id}${action.path}`,
      { parameters: [ref('parameters', 'Id')], post: changeOperation(resource, action, operationId(resource, action)) },
    ]),
  );
}

function changeOperation(resource: Resource, action: Action, id: string): JsonSchema {
  const needsKey = action.requires.includes('Idempotency-Key');
  return {
    ...about(resource, id, action.title),
    ...(action.states && { description: `Possible while the status is ${action.states.join(', ') || 'never'}.` }),
    parameters: [
      ref('parameters', 'IfMatch'),
      ref('parameters', needsKey ? 'IdempotencyKey' : 'OptionalIdempotencyKey'),
    ],
    responses: {
      ...(action.kind === 'delete'
        ? { '204': { description: 'It is gone' } }
        : { '200': changedResponse(resource, action) }),
      ...problems('400', '404', '406', '409', '412', '414', '422', '428'),
      ...(action.kind === 'edit' && problems('413', '415')),
    },
  };
}

function changedResponse(resource: Resource, action: Action): JsonSchema {
  return {
    ...represented(`The ${resource.title} as it is now`, resource.type),
    headers: { ETag: ref('headers', 'ETag'), 'Idempotency-Replayed': ref('headers', 'Replayed') },
    ...(action.to !== undefined && { links: followUps(resource, action.to) }),
  };
}

/** The state machine in OpenAPI's own words: which operations can follow a response that leaves the item in this state. */
function followUps(resource: Resource, status: string | undefined): JsonSchema {
  const transitions = actionsOf(resource).filter(
    ({ kind, states }) => kind === 'transition' && states?.includes(status ?? ''),
  );
  const parameters = { id: '$response.body#/id' };
  return {
    self: { operationId: `get${resource.type}`, parameters },
    ...Object.fromEntries(
      transitions.map((action) => [
        action.rel,
        {
          operationId: operationId(resource, action),
          parameters: { ...parameters, 'If-Match': '$response.header.ETag' },
        },
      ]),
    ),
  };
}

function about(resource: Resource, id: string, summary: string): JsonSchema {
  return { operationId: id, summary, tags: [resource.plural] };
}

function operationId(resource: Resource, action: Action): string {
  const words = pascal(action.rel);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}${resource.type}`;
}

function pascal(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function draftBody(resource: Resource): JsonSchema {
  return { required: true, content: { 'application/json': { schema: ref('schemas', `${resource.type}Draft`) } } };
}

function represented(description: string, schema: string): JsonSchema {
  return {
    description,
    content: {
      'application/json': { schema: ref('schemas', schema) },
      'application/hal+json': { schema: { type: 'object' } },
      'application/prs.hal-forms+json': { schema: { type: 'object' } },
    },
  };
}

function pageSchema(type: string): JsonSchema {
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items: ref('schemas', type) },
      links: { type: 'array', items: ref('schemas', 'Link') },
      page: {
        type: 'object',
        properties: { size: { type: 'integer' }, hasMore: { type: 'boolean' } },
        required: ['size', 'hasMore'],
      },
    },
    required: ['items', 'links', 'page'],
  };
}

const sharedSchemas: JsonSchema = {
  Link: {
    type: 'object',
    properties: {
      rel: { type: 'string', description: 'An IANA relation, or one that /rels/{rel} describes' },
      method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'DELETE'] },
      href: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      schema: { type: 'string', format: 'uri-reference', description: 'The schema of what to send' },
      requires: { type: 'array', items: { type: 'string' }, description: 'Request headers that must be sent' },
    },
    required: ['rel', 'method', 'href'],
  },
  Problem: {
    type: 'object',
    description: 'A problem as RFC 9457 defines it',
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string' },
      traceId: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
          required: ['pointer', 'detail'],
        },
      },
      currentState: { type: 'string' },
      allowed: { type: 'array', items: { type: 'string' } },
      links: { type: 'array', items: ref('schemas', 'Link') },
    },
    required: ['type', 'title', 'status', 'instance', 'traceId'],
  },
};

const idempotencyKey: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Chosen by the client, a structured-field string such as "6f1c…": a retry with the same key never takes effect twice and gets the first result again. Remembered for 24 hours.',
  schema: { type: 'string', pattern: '^("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{1,255}"|[A-Za-z0-9._:-]{1,255})$' },
};

const parameters: JsonSchema = {
  Id: { name: 'id', in: 'path', required: true, schema: { type: 'string', minLength: 1 } },
  Limit: { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
  Cursor: {
    name: 'cursor',
    in: 'query',
    description: 'Opaque: taken from a next or prev link',
    schema: { type: 'string', maxLength: 200 },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: true,
    description: 'The ETag last seen, or *',
    schema: { type: 'string' },
  },
  IfNoneMatch: { name: 'If-None-Match', in: 'header', schema: { type: 'string' } },
  IdempotencyKey: { ...idempotencyKey, required: true },
  OptionalIdempotencyKey: idempotencyKey,
};

const headers: JsonSchema = {
  ETag: { description: 'Strong; send it as If-Match', schema: { type: 'string' } },
  Location: { description: 'Where the new item is', schema: { type: 'string', format: 'uri-reference' } },
  Replayed: {
    description: 'true when this repeats the stored result of an earlier request',
    schema: { type: 'string', enum: ['true'] },
  },
};

const problemTexts = {
  '400': 'The request is malformed or incomplete',
  '404': 'There is no such item',
  '406': 'None of the accepted media types is available',
  '409': 'The item is not in a state that allows this, or the same request is still running',
  '412': 'The item has changed since the given ETag',
  '413': 'The body is too large',
  '414': 'The address is too long',
  '415': 'The body is not JSON',
  '422': 'A rule refuses this, or the Idempotency-Key was used for something else',
  '428': 'If-Match is missing',
} as const;

const problemResponses: JsonSchema = Object.fromEntries(
  Object.entries(problemTexts).map(([status, description]) => [
    `Problem${status}`,
    { description, content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } } },
  ]),
);

function problems(...statuses: readonly (keyof typeof problemTexts)[]): JsonSchema {
  return Object.fromEntries(statuses.map((status) => [status, ref('responses', `Problem${status}`)]));
}
