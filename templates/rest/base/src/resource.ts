// What a resource is. Pure: no imports, no Node, so that tools can compute a service's contract without running it.

export type ScalarType =
  | 'string'
  | 'text'
  | 'int'
  | 'number'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'uuid'
  | 'email'
  | 'url';

export type Field = ({ readonly type: ScalarType } | { readonly type: 'enum'; readonly values: readonly string[] }) & {
  readonly optional?: boolean;
  readonly list?: boolean;
};

/** A named way from one state to another, taken by `POST /<plural>/<id>/<path>`. */
export interface Transition {
  readonly rel: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly path: string;
  readonly title: string;
}

export interface Machine {
  readonly initial: string;
  readonly states: readonly string[];
  readonly transitions: readonly Transition[];
}

/** States by name, or by what they are: `final` states have no transition out of them, `open` ones have. */
export type StateSet = 'open' | 'final' | readonly string[];

export interface Resource {
  /** Singular and kebab-case: `order`. */
  readonly name: string;
  /** Plural and kebab-case, also the path segment: `orders`. */
  readonly plural: string;
  /** What it is called in the contract: `Order`. */
  readonly type: string;
  readonly title: string;
  readonly titlePlural: string;
  readonly idPrefix: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Without a machine there is no `status`, and editing and deleting are always possible. */
  readonly machine?: Machine;
  readonly editIn?: StateSet;
  readonly deleteIn?: StateSet;
}

type Scalar<F extends Field> = F extends { readonly type: 'enum'; readonly values: readonly (infer Choice)[] }
  ? Choice
  : F extends { readonly type: 'int' | 'number' }
    ? number
    : F extends { readonly type: 'boolean' }
      ? boolean
      : string;
type Value<F extends Field> = F extends { readonly list: true } ? readonly Scalar<F>[] : Scalar<F>;
type OptionalName<R extends Resource> = {
  [Name in keyof R['fields']]: R['fields'][Name] extends { readonly optional: true } ? Name : never;
}[keyof R['fields']];

/** What a client sends to create or change a resource: the declared fields, typed. */
export type Draft<R extends Resource> = {
  readonly [Name in Exclude<keyof R['fields'], OptionalName<R>>]: Value<R['fields'][Name]>;
} & { readonly [Name in OptionalName<R>]?: Value<R['fields'][Name]> };

/** The relations of a resource's own transitions, such as `'pay' | 'ship'`. */
export type TransitionRel<R extends Resource> =
  NonNullable<R['machine']> extends { readonly transitions: readonly (infer T)[] }
    ? T extends { readonly rel: infer Rel extends string }
      ? Rel
      : never
    : never;

/** Something a client can do with one item; what a link announces and a route carries out. */
export interface Action {
  readonly rel: string;
  readonly method: 'PUT' | 'DELETE' | 'POST';
  /** Below the item's own path; empty for the item itself, and for the collection, where `create` is at home. */
  readonly path: string;
  readonly title: string;
  readonly requires: readonly string[];
  readonly kind: 'create' | 'edit' | 'delete' | 'transition';
  /** The states it is possible in; undefined means always. */
  readonly states?: readonly string[];
  /** The state it leads to. */
  readonly to?: string;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

const reservedFields = ['id', 'status', 'version', 'createdAt', 'updatedAt', 'links', 'constructor', 'prototype'];
/** The first words of addresses that every service has. */
export const reservedPlurals: readonly string[] = ['health', 'metrics', 'problems', 'rels'];
const reservedRels = ['self', 'collection', 'create', 'edit', 'delete', 'first', 'prev', 'next', 'constructor'];

/** Returns the declaration with its exact types; refuses one that contradicts itself, so that no service starts with it. */
export function defineResource<const R extends Resource>(resource: R): R {
  const problems = [
    ...(reservedPlurals.includes(resource.plural)
      ? [`/${resource.plural} is an address that every service uses itself`]
      : []),
    ...fieldProblems(resource),
    ...(resource.machine ? machineProblems(resource, resource.machine) : []),
  ];
  if (problems.length > 0)
    throw new Error(`The declaration of "${resource.name}" is wrong:\n- ${problems.join('\n- ')}`);
  return resource;
}

function fieldProblems({ fields }: Resource): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return [`field "${name}" must be camelCase`];
    if (reservedFields.includes(name)) return [`field "${name}" has a name that every resource uses itself`];
    if (field.type === 'enum' && field.values.length === 0) return [`field "${name}" has no values`];
    return [];
  });
}

function machineProblems(resource: Resource, { initial, states, transitions }: Machine): string[] {
  const named = [resource.editIn, resource.deleteIn].flatMap((set) => (Array.isArray(set) ? set : []));
  const used = [initial, ...transitions.flatMap(({ from, to }) => [...from, to]), ...named];
  const rels = transitions.map(({ rel }) => rel);
  return [
    ...used.filter((state) => !states.includes(state)).map((state) => `"${state}" is not one of its states`),
    ...rels.filter((rel) => reservedRels.includes(rel)).map((rel) => `a transition cannot be called "${rel}"`),
    ...repeated(rels).map((rel) => `two transitions are called "${rel}"`),
    ...repeated(transitions.map(({ path }) => path)).map((path) => `two transitions have the path "${path}"`),
  ];
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

/** What makes a new item. */
export function creationOf({ title }: Resource): Action {
  return {
    kind: 'create',
    rel: 'create',
    method: 'POST',
    path: '',
    title: `Create ${title}`,
    requires: ['Idempotency-Key'],
  };
}

/** Everything that can ever be done with an item, in the order in which links are shown. */
export function actionsOf(resource: Resource): readonly Action[] {
  const { machine, title } = resource;
  const transitions = machine?.transitions ?? [];
  return [
    ...transitions.map(({ rel, from, to, path, title: transitionTitle }): Action => ({
      kind: 'transition',
      rel,
      method: 'POST',
      path: `/${path}`,
      title: transitionTitle,
      requires: ['If-Match', 'Idempotency-Key'],
      states: from,
      to,
    })),
    {
      kind: 'edit',
      rel: 'edit',
      method: 'PUT',
      path: '',
      title: `Change this ${title}`,
      requires: ['If-Match'],
      ...(machine && { states: statesIn(machine, resource.editIn ?? 'open') }),
    },
    {
      kind: 'delete',
      rel: 'delete',
      method: 'DELETE',
      path: '',
      title: `Delete this ${title}`,
      requires: ['If-Match'],
      ...(machine && { states: statesIn(machine, resource.deleteIn ?? 'final') }),
    },
  ];
}

/** Whether a state allows an action: the one rule behind links, refusals and the contract. */
export function isAllowed(action: Action, status: string | undefined): boolean {
  return action.states === undefined || (status !== undefined && action.states.includes(status));
}

function statesIn({ states, transitions }: Machine, set: StateSet): readonly string[] {
  if (set !== 'open' && set !== 'final') return set;
  const left = new Set(transitions.flatMap(({ from }) => from));
  return states.filter((state) => left.has(state) === (set === 'open'));
}

/** The JSON Schema of what a client sends; unknown fields are refused. */
export function draftSchema(resource: Resource): JsonSchema {
  return {
    type: 'object',
    title: `The ${resource.title} as a client sends it`,
    properties: Object.fromEntries(Object.entries(resource.fields).map(([name, field]) => [name, fieldSchema(field)])),
    required: requiredFields(resource),
    additionalProperties: false,
  };
}

/** The JSON Schema of an item as the service returns it. */
export function itemSchema(resource: Resource): JsonSchema {
  const { machine } = resource;
  return {
    type: 'object',
    title: `The ${resource.title} as the service returns it`,
    properties: {
      id: { type: 'string', readOnly: true },
      ...Object.fromEntries(Object.entries(resource.fields).map(([name, field]) => [name, fieldSchema(field)])),
      ...(machine && { status: { type: 'string', enum: machine.states, readOnly: true } }),
      version: { type: 'integer', minimum: 1, readOnly: true },
      createdAt: { type: 'string', format: 'date-time', readOnly: true },
      updatedAt: { type: 'string', format: 'date-time', readOnly: true },
      links: { type: 'array', items: { $ref: '#/components/schemas/Link' }, readOnly: true },
    },
    required: [
      'id',
      ...requiredFields(resource),
      ...(machine ? ['status'] : []),
      'version',
      'createdAt',
      'updatedAt',
      'links',
    ],
  };
}

function requiredFields({ fields }: Resource): string[] {
  return Object.entries(fields).flatMap(([name, field]) => (field.optional === true ? [] : [name]));
}

// U+0000 is refused because PostgreSQL cannot keep it in jsonb, and a service should not depend on its store.
const withoutNul = '^[^\\u0000]*$';

const scalarSchemas: Readonly<Record<ScalarType, JsonSchema>> = {
  string: { type: 'string', minLength: 1, maxLength: 256, pattern: withoutNul },
  text: { type: 'string', maxLength: 10_000, pattern: withoutNul },
  int: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  uuid: { type: 'string', format: 'uuid' },
  email: { type: 'string', format: 'email', maxLength: 254 },
  url: { type: 'string', format: 'uri', pattern: '^https?://', maxLength: 2048 },
};

function fieldSchema(field: Field): JsonSchema {
  const scalar = field.type === 'enum' ? { type: 'string', enum: field.values } : scalarSchemas[field.type];
  return field.list === true ? { type: 'array', items: scalar, maxItems: 100 } : scalar;
}
