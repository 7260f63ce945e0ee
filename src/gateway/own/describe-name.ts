import { problemKinds } from '../problems.ts';
import type { Routing } from '../state/targets.ts';
import { entriesOf } from './describe-entry.ts';
import type { Visitor } from './describe-entry.ts';
import { fetchPage } from './fetch-page.ts';

interface Question {
  /** `/rels/{name}` or `/problems/{name}`. */
  readonly path: string;
  readonly visitor: Visitor;
  readonly routing: Routing;
}

/** What a relation or a kind of problem means: by the gateway's own table, else by the services that know it. */
export async function describeName({ path, visitor, routing }: Question): Promise<object | undefined> {
  // Nothing else may be asked of services by this way: it leads past their routes.
  const [, family, name] = /^\/(rels|problems)\/([\w.-]{1,100})$/.exec(path) ?? [];
  if (family === undefined || name === undefined) return undefined;
  const own = family === 'rels' ? describeRelation(name, visitor, routing) : describeProblem(name);
  if (own) return own;
  const services = [...new Set(routing.routes.flatMap((route) => route.services))];
  const answers = await Promise.all(services.map((service) => fetchPage(service, path)));
  const known = services.flatMap((service, index) => {
    const document = answers[index];
    return document ? [{ service: service.name, document }] : [];
  });
  const [first] = known;
  // A kind of problem is the same everywhere; a relation such as `create` is another request at each service.
  if (!first || family === 'problems' || known.length === 1) return first?.document;
  return { rel: name, services: Object.fromEntries(known.map(({ service, document }) => [service, document])) };
}

function describeProblem(kind: string): object | undefined {
  const known = Object.entries(problemKinds).find(([name]) => name === kind);
  return known?.[1];
}

function describeRelation(rel: string, visitor: Visitor, routing: Routing): object | undefined {
  const entry = entriesOf(routing, visitor).find((each) => each.rel === rel);
  if (!entry) return undefined;
  const { path, services } = entry;
  const title = services === '' ? `The route ${path}` : `The route ${path} of ${services}`;
  return { rel, title, method: 'GET', href: visitor.base + path };
}
