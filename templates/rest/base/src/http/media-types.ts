import type { Link, Representation } from '../links.ts';
import type { Field, Resource } from '../resource.ts';

type Json = Readonly<Record<string, unknown>>;
type Render = (representation: Representation, resource: Resource, base: string) => Json;

/** How representations are written, the default first. */
export const renderers: ReadonlyMap<string, Render> = new Map([
  ['application/json', renderJson],
  ['application/hal+json', renderHal],
  ['application/prs.hal-forms+json', renderHalForms],
]);

function renderJson({ properties, links, items }: Representation): Json {
  return { ...(items && { items: items.map(renderJson) }), ...properties, links };
}

/** HAL knows no methods: every link is there, and the relation's description says how to use it. */
function renderHal(representation: Representation, resource: Resource, base: string): Json {
  return hal(representation, { resource, base, render: renderHal, linked: representation.links });
}

/** HAL-FORMS: what is read is a link, what is sent is a template. */
function renderHalForms(representation: Representation, resource: Resource, base: string): Json {
  const { links, properties } = representation;
  const reads = links.filter(({ method }) => method === 'GET');
  const forms = links.filter(({ method }) => method !== 'GET');
  return {
    ...hal(representation, { resource, base, render: renderHalForms, linked: reads }),
    _templates: Object.fromEntries(forms.map((link) => [link.rel, formTemplate(link, resource, properties)])),
  };
}

interface HalOptions {
  readonly resource: Resource;
  readonly base: string;
  readonly render: Render;
  readonly linked: readonly Link[];
}

function hal({ properties, items }: Representation, { resource, base, render, linked }: HalOptions): Json {
  return {
    ...properties,
    _links: { ...halLinks(linked), curies: [{ name: 'rel', href: `${base}/rels/{rel}`, templated: true }] },
    ...(items && { _embedded: { [resource.plural]: items.map((item) => render(item, resource, base)) } }),
  };
}

// https://www.iana.org/assignments/link-relations; all others are ours and get a prefix that leads to their description.
const registeredRels = ['self', 'collection', 'edit', 'first', 'prev', 'next', 'service-desc', 'describedby'];

function halLinks(links: readonly Link[]): Json {
  const byRel: Record<string, Json | Json[]> = {};
  for (const { rel, href, title } of links) {
    const name = registeredRels.includes(rel) ? rel : `rel:${rel}`;
    const link = { href, ...(title !== undefined && { title }) };
    const others = byRel[name];
    byRel[name] = others === undefined ? link : [others, link].flat();
  }
  return byRel;
}

function formTemplate({ method, href, title, schema }: Link, resource: Resource, current: Json): Json {
  const fields = schema === undefined ? [] : Object.entries(resource.fields);
  return {
    title,
    method,
    target: href,
    ...(fields.length > 0 && { contentType: 'application/json' }),
    properties: fields.map(([name, field]) => formProperty(name, field, current[name])),
  };
}

const inputTypes: Readonly<Record<Field['type'], string>> = {
  string: 'text',
  text: 'textarea',
  int: 'number',
  number: 'number',
  boolean: 'checkbox',
  date: 'date',
  datetime: 'datetime-local',
  uuid: 'text',
  email: 'email',
  url: 'url',
  enum: 'text',
};

function formProperty(name: string, field: Field, value: unknown): Json {
  return {
    name,
    type: inputTypes[field.type],
    required: field.optional !== true,
    ...(field.type === 'enum' && { options: { inline: field.values, maxItems: field.list === true ? 100 : 1 } }),
    ...(value !== undefined && { value }),
  };
}
