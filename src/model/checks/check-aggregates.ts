import { layCalls } from '../../protocol/call-layers.ts';
import { closest } from '../closest.ts';
import { placeholdersOf, readPlaceholder, reservedCallNames } from '../policies/aggregate-template.ts';
import type { Finding, Path } from '../problem.ts';
import type { RouteDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { asMapping } from '../yaml/mapping.ts';
import { draftMatches } from './match-drafts.ts';

const maxCalls = 16;
const maxDepth = 4;
/** With every item of every list. */
const maxRequests = 64;
const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** A call as it is written, as far as its values have the right types. */
interface CallDraft {
  readonly name: string;
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
  /** What stands in its braces, with its place. */
  readonly sources: readonly { readonly call: string; readonly path: Path }[];
}

/** Calls that make one answer: of services that exist, in an order that exists, and not too many. */
export function checkAggregates({ routes, services }: WorkspaceDraft): readonly Finding[] {
  const names = services.map(({ name }) => name);
  return [...routes, ...services.flatMap((service) => service.routes)].flatMap((route) => {
    const calls = draftCalls(route);
    if (calls === undefined) return [];
    return [
      ...checkContract(route),
      ...checkCount(calls, route),
      ...calls.flatMap((call) => [...checkName(call), ...checkService(call, names), ...checkPlace(call)]),
      ...calls.flatMap((call) => checkSources(call, calls)),
      ...checkGroups(calls),
      ...checkOrder(calls, route),
      ...checkSegments(calls, route),
    ];
  });
}

function draftCalls({ value, path }: RouteDraft): readonly CallDraft[] | undefined {
  const calls = asMapping(asMapping(value['aggregate'])?.['calls']);
  if (calls === undefined) return undefined;
  return Object.entries(calls).flatMap(([name, given]): CallDraft[] => {
    const call = asMapping(given);
    const place = [...path, 'aggregate', 'calls', name];
    return call === undefined ? [] : [{ name, path: place, value: call, sources: sourcesOf(call, place) }];
  });
}

function sourcesOf(call: Readonly<Record<string, unknown>>, path: Path): CallDraft['sources'] {
  const texts = [
    { text: call['path'], path: [...path, 'path'] },
    { text: asMapping(call['forEach'])?.['list'], path: [...path, 'forEach', 'list'] },
  ];
  return texts.flatMap(({ text, path: place }) =>
    placeholdersOf(typeof text === 'string' ? text : '').flatMap((inner) => {
      const source = readPlaceholder(inner);
      return source?.from === 'call' ? [{ call: source.call, path: place }] : [];
    }),
  );
}

function checkContract({ value, path }: RouteDraft): readonly Finding[] {
  if (value['validate'] !== true && asMapping(value['validate']) === undefined) return [];
  const message = 'An answer made of several is in no contract with which `validate` could compare it.';
  return [{ path: [...path, 'validate'], at: 'key', message, hint: 'Remove `validate` here.' }];
}

function checkCount(calls: readonly CallDraft[], { path }: RouteDraft): readonly Finding[] {
  const place = { path: [...path, 'aggregate', 'calls'], at: 'key' } as const;
  if (calls.length === 0) return [{ ...place, message: 'There are no calls, so there is nothing to answer with.' }];
  if (calls.length > maxCalls) {
    const message = `One answer is made of ${calls.length} calls; ${maxCalls} are allowed.`;
    return [{ ...place, message, hint: 'Let a service bring some of them together.' }];
  }
  const requests = calls.reduce((sum, call) => sum + timesOf(call), 0);
  if (requests <= maxRequests) return [];
  const message = `One answer may take ${requests} requests, with every item of its lists; ${maxRequests} are allowed.`;
  return [{ ...place, message, hint: 'Lower the `limit` of a `forEach`.' }];
}

function timesOf({ value }: CallDraft): number {
  const forEach = asMapping(value['forEach']);
  if (forEach === undefined) return 1;
  return typeof forEach['limit'] === 'number' ? forEach['limit'] : 20;
}

function checkName({ name, path }: CallDraft): readonly Finding[] {
  const place = { path, at: 'key' } as const;
  if (reservedCallNames.has(name)) {
    const message = `The call \`${name}\` must have another name: \`{${name}.…}\` means something else.`;
    return [{ ...place, message }];
  }
  if (namePattern.test(name)) return [];
  return [{ ...place, message: `The call \`${name}\` must have a name of lower-case letters, digits and hyphens.` }];
}

function checkService({ value, path }: CallDraft, names: readonly string[]): readonly Finding[] {
  const { service } = value;
  if (typeof service !== 'string' || names.includes(service)) return [];
  const near = closest(service, names);
  const shown = `The services are: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}.`;
  const hint = near === undefined ? (names.length === 0 ? 'There is none yet.' : shown) : `Did you mean \`${near}\`?`;
  return [{ path: [...path, 'service'], message: `There is no service \`${service}\`.`, hint }];
}

function checkPlace({ value, path }: CallDraft): readonly Finding[] {
  const usesItem = placeholdersOf(typeof value['path'] === 'string' ? value['path'] : '').some(
    (inner) => readPlaceholder(inner)?.from === 'item',
  );
  const findings: Finding[] = [];
  if (usesItem && asMapping(value['forEach']) === undefined) {
    const message = '`{item}` stands for an item of a list, but the call is made once.';
    findings.push({ path: [...path, 'path'], message, hint: 'Add `forEach: { list: "{orders.body.items}" }`.' });
  }
  if (value['merge'] === true && value['group'] !== undefined) {
    const message = '`merge` and `group` exclude each other.';
    const hint = '`merge` brings the members of the answer into the result, `group` the answer as one member.';
    findings.push({ path: [...path, 'merge'], at: 'key', message, hint, other: [...path, 'group'] });
  }
  return findings;
}

/** What a call takes of others exists, and is there whenever the call is made. */
function checkSources({ name, value, sources }: CallDraft, calls: readonly CallDraft[]): readonly Finding[] {
  const names = calls.map((each) => each.name);
  return sources.flatMap(({ call, path }): readonly Finding[] => {
    const source = calls.find((each) => each.name === call);
    if (source === undefined) {
      const near = closest(call, names);
      const hint = near === undefined ? `The calls are: ${names.join(', ')}.` : `Did you mean \`${near}\`?`;
      return [{ path, message: `There is no call \`${call}\` whose answer \`${name}\` could use.`, hint }];
    }
    if (source.value['optional'] !== true || value['optional'] === true) return [];
    const message = `\`${name}\` needs the answer of \`${call}\`, which is optional, but is not optional itself.`;
    return [{ path, message, hint: `Make \`${name}\` optional too, or \`${call}\` not.`, other: source.path }];
  });
}

/** Answers have places of their own in the result. What services bring into it by `merge` only shows at run time. */
function checkGroups(calls: readonly CallDraft[]): readonly Finding[] {
  const taken = new Map<string, Path>();
  return calls.flatMap(({ name, value, path }): readonly Finding[] => {
    const { group = name } = value;
    if (value['merge'] === true || typeof group !== 'string') return [];
    const other = taken.get(group);
    taken.set(group, other ?? path);
    const place = value['group'] === undefined ? { path, at: 'key' as const } : { path: [...path, 'group'] };
    if (group === '_problems')
      return [{ ...place, message: '`_problems` must be another name: it tells what is missing in the result.' }];
    if (other === undefined) return [];
    return [
      {
        ...place,
        message: `\`${group}\` is the place of another answer already.`,
        hint: 'Keep one of the two.',
        other,
      },
    ];
  });
}

function checkOrder(calls: readonly CallDraft[], { path }: RouteDraft): readonly Finding[] {
  const names = new Set(calls.map(({ name }) => name));
  const all = calls.map(({ name, sources }) => {
    // One that does not exist has been told already.
    return { name, needs: sources.map(({ call }) => call).filter((call) => names.has(call)) };
  });
  const { layers, stuck } = layCalls(all);
  const place = { path: [...path, 'aggregate', 'calls'], at: 'key' } as const;
  if (stuck.length > 0) {
    const circle = circleOf(stuck, new Map(all.map(({ name, needs }) => [name, needs])));
    const message = `These calls need each other, so none of them can be made: ${circle.join(' > ')}.`;
    return [{ ...place, message, hint: 'Let one of them do without the answer of the other.' }];
  }
  if (layers.length <= maxDepth) return [];
  const message = `The calls wait for each other in ${layers.length} steps; ${maxDepth} are allowed.`;
  return [{ ...place, message, hint: 'Let a service make some of these calls.' }];
}

/** Follows needs among those that cannot be made, until one comes again. */
function circleOf(stuck: readonly string[], needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const way: string[] = [];
  let next = stuck[0];
  while (next !== undefined && !way.includes(next)) {
    way.push(next);
    next = needs.get(next)?.find((name) => stuck.includes(name));
  }
  return next === undefined ? way : [...way.slice(way.indexOf(next)), next];
}

/** `{path.1}` is counted from the end of the route's path, so there must be one. */
function checkSegments(calls: readonly CallDraft[], route: RouteDraft): readonly Finding[] {
  const matches = draftMatches(route);
  const [first] = matches;
  const isOne = matches.every(({ match }) => match.exact !== true && match.path === first?.match.path);
  if (isOne) return [];
  return calls.flatMap(({ value, path }) => {
    const text = typeof value['path'] === 'string' ? value['path'] : '';
    const inner = placeholdersOf(text).find((each) => readPlaceholder(each)?.from === 'path');
    if (inner === undefined) return [];
    const message = `\`{${inner}}\` is what follows the path of the route, but its matches have not all the same \`path\`.`;
    return [{ path: [...path, 'path'], message, hint: 'Make a route of its own for each `path`.' }];
  });
}
