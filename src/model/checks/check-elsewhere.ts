import { closest } from '../closest.ts';
import type { Finding, Path } from '../problem.ts';
import type { RouteDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { asMapping } from '../yaml/mapping.ts';
import { draftMatches } from './match-drafts.ts';

/** Keys that say where requests go instead of to the service that has the route; a route has one of them. */
const destinations = ['split', 'redirect', 'respond', 'aggregate'] as const;

/** Keys of what is between a route and its service, which mean nothing where it is not asked. */
const ofService = [
  'rewrite',
  'mirror',
  'requestHeaders',
  'tryTimeout',
  'retry',
  'hedge',
  'balance',
  'slowStart',
  'ejectAfter',
  'panic',
  'breaker',
  'concurrency',
  'fallback',
] as const;

/** Where routes and calls send requests is one place, which exists, and what they change on the way is plain. */
export function checkElsewhere({ routes, routeDefaults, services }: WorkspaceDraft): readonly Finding[] {
  const names = services.map(({ name }) => name);
  const all = [...routes, ...services.flatMap((service) => service.routes)];
  const others = [...(routeDefaults ? [routeDefaults] : []), ...services.flatMap(({ callRules }) => callRules)];
  return [
    ...routes.flatMap(checkOwnerless),
    ...all.flatMap((route) => [...checkDestinations(route), ...checkPrefixes(route), ...checkSplit(route)]),
    ...[...all, ...others].flatMap((policies) => [
      ...serviceNames(policies).flatMap((place) => checkName(place, names)),
      ...checkHeaderChanges(policies),
    ]),
  ];
}

const isThere = ({ value }: RouteDraft, key: string): boolean => value[key] !== undefined && value[key] !== null;

function checkOwnerless(route: RouteDraft): readonly Finding[] {
  if (destinations.some((key) => isThere(route, key))) return [];
  const message = 'The route belongs to no service, so it must say what happens to its requests.';
  const hint = `Add one of ${destinations.map((key) => `\`${key}\``).join(', ')}, or move it to the \`routes\` of a service.`;
  return [{ path: route.path, message, hint }];
}

function checkDestinations(route: RouteDraft): readonly Finding[] {
  const [first, second] = destinations.filter((key) => isThere(route, key));
  if (first !== undefined && second !== undefined) return [excluded(route, second, first)];
  const instead = (['redirect', 'respond', 'aggregate'] as const).find((key) => isThere(route, key));
  if (instead === undefined) return [];
  return ofService.filter((key) => isThere(route, key)).map((key) => excluded(route, key, instead));
}

function excluded({ path }: RouteDraft, key: string, by: string): Finding {
  const message = `\`${key}\` and \`${by}\` exclude each other.`;
  return { path: [...path, key], at: 'key', message, hint: 'Keep one of the two.', other: [...path, by] };
}

/** A prefix is replaced only where it is plain which. */
function checkPrefixes(route: RouteDraft): readonly Finding[] {
  return ['redirect', 'rewrite'].flatMap((key) => {
    const change = asMapping(route.value[key]);
    if (change?.['prefix'] === undefined) return [];
    const path = [...route.path, key, 'prefix'];
    if (change['path'] !== undefined) {
      const message = `\`${key}\` has either \`path\` or \`prefix\`.`;
      const hint = '`path` replaces the whole path, `prefix` only that of the route.';
      return [{ path, at: 'key' as const, message, hint, other: [...route.path, key, 'path'] }];
    }
    const matches = draftMatches(route);
    const isOne = matches.every(({ match }) => match.exact !== true && match.path === matches[0]?.match.path);
    if (isOne) return [];
    const message =
      'It is not plain which `prefix` is replaced: the matches of the route have not all the same `path`.';
    return [{ path, at: 'key' as const, message, hint: 'Make a route of its own for each `path`.' }];
  });
}

interface NamePlace {
  readonly name: string;
  readonly path: Path;
}

function namesIn({ value, path }: RouteDraft, key: string): readonly NamePlace[] {
  const items = value[key];
  return (Array.isArray(items) ? items : []).flatMap((item: unknown, index) => {
    const name = asMapping(item)?.['service'];
    return typeof name === 'string' ? [{ name, path: [...path, key, index, 'service'] }] : [];
  });
}

function serviceNames(route: RouteDraft): readonly NamePlace[] {
  return [...namesIn(route, 'split'), ...namesIn(route, 'mirror')];
}

function checkName({ name, path }: NamePlace, known: readonly string[]): readonly Finding[] {
  if (known.includes(name)) return [];
  const near = closest(name, known);
  const shown = `The services are: ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}.`;
  const hint = near === undefined ? (known.length === 0 ? 'There is none yet.' : shown) : `Did you mean \`${near}\`?`;
  return [{ path, message: `There is no service \`${name}\`.`, hint }];
}

function checkSplit(route: RouteDraft): readonly Finding[] {
  const places = namesIn(route, 'split');
  const findings = places.flatMap(({ name, path }, index): readonly Finding[] => {
    const other = places.slice(0, index).find((earlier) => earlier.name === name);
    if (other === undefined) return [];
    return [{ path, message: `\`${name}\` has a share already.`, hint: 'Add the weights.', other: other.path }];
  });
  const shares = route.value['split'];
  if (!Array.isArray(shares) || shares.length === 0 || !shares.every((share) => asMapping(share)?.['weight'] === 0))
    return findings;
  const message = 'All weights are 0, so nobody gets the requests.';
  return [...findings, { path: [...route.path, 'split'], message, hint: 'Give one of them a weight.' }];
}

function checkHeaderChanges({ value, path }: RouteDraft): readonly Finding[] {
  return ['requestHeaders', 'responseHeaders'].flatMap((key) => {
    const changes = asMapping(value[key]);
    const seen = new Map<string, Path>();
    return ['set', 'add', 'remove'].flatMap((action): readonly Finding[] =>
      fieldNames(changes?.[action]).flatMap(({ name, step }) => {
        const place = [...path, key, action, step];
        const other = seen.get(name.toLowerCase());
        seen.set(name.toLowerCase(), other ?? place);
        if (other === undefined) return [];
        const message = `\`${name}\` is changed twice.`;
        return [
          {
            path: place,
            ...(action !== 'remove' && { at: 'key' as const }),
            message,
            hint: 'Keep one of the two.',
            other,
          },
        ];
      }),
    );
  });
}

function fieldNames(written: unknown): readonly { readonly name: string; readonly step: string | number }[] {
  if (!Array.isArray(written)) return Object.keys(asMapping(written) ?? {}).map((name) => ({ name, step: name }));
  return written.flatMap((name: unknown, step) => (typeof name === 'string' ? [{ name, step }] : []));
}
