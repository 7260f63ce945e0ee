import type { Finding } from '../problem.ts';
import type { RouteDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { draftMatches, identitiesOf, nameMatch } from './match-drafts.ts';
import type { MatchDraft } from './match-drafts.ts';

interface Owned extends MatchDraft {
  /** The service that has the route; undefined: it belongs to none. */
  readonly owner: string | undefined;
}

/** Every route says what it takes, and no two take the same; which of several fitting ones wins is never in doubt. */
export function checkRoutes({ routes, services }: WorkspaceDraft): readonly Finding[] {
  const all = [
    ...routes.map((route) => ({ route, owner: undefined })),
    ...services.flatMap(({ name, routes: own }) => own.map((route) => ({ route, owner: name }))),
  ];
  return [
    ...all.flatMap(({ route }) => checkKeys(route)),
    ...conflicts(all.flatMap(({ route, owner }) => draftMatches(route).map((match) => ({ ...match, owner })))),
  ];
}

const matchKeys = ['path', 'exact', 'methods', 'headers', 'query'];

function checkKeys({ value, path }: RouteDraft): readonly Finding[] {
  if (value['matches'] === undefined) return checkPathKeys({ value, path }, 'route');
  const doubled = matchKeys.find((key) => value[key] !== undefined);
  if (doubled !== undefined) {
    const message = `\`${doubled}\` cannot stand beside \`matches\`.`;
    return [
      { path: [...path, doubled], at: 'key', message, hint: 'Put it into each of the `matches` it is meant for.' },
    ];
  }
  const matches = value['matches'];
  return (Array.isArray(matches) ? matches : []).flatMap((match: unknown, index) =>
    typeof match === 'object' && match !== null
      ? checkPathKeys({ value: { ...match }, path: [...path, 'matches', index] }, 'match')
      : [],
  );
}

function checkPathKeys({ value, path }: RouteDraft, what: 'route' | 'match'): readonly Finding[] {
  const has = (key: string): boolean => value[key] !== undefined;
  if (has('path') && has('exact')) {
    const message = `A ${what} has either \`path\` or \`exact\`.`;
    const hint = '`path` takes everything below it, `exact` only itself.';
    return [{ path: [...path, 'exact'], at: 'key', message, hint, other: [...path, 'path'] }];
  }
  if (has('path') || has('exact')) return [];
  const hint = 'For example `path: /users`, with everything below it, or `exact: /users`.';
  return [{ path, message: `The ${what} does not say which path it takes.`, hint }];
}

function conflicts(matches: readonly Owned[]): readonly Finding[] {
  const seen = new Map<string, Owned>();
  return matches.flatMap((match) => {
    const identities = identitiesOf(match);
    const other = identities.map((identity) => seen.get(identity)).find((known) => known !== undefined);
    for (const identity of identities) if (!seen.has(identity)) seen.set(identity, match);
    return other === undefined ? [] : [conflict(match, other)];
  });
}

function conflict(match: Owned, other: Owned): Finding {
  const [name, otherName] = [nameMatch(match), nameMatch(other)];
  const isPlain = name === match.text && otherName === other.text;
  const same =
    name === otherName
      ? `\`${name}\``
      : `\`${name}\` ${isPlain ? 'is the same path as' : 'takes what is taken by'} \`${otherName}\`, which`;
  const isOwn = match.owner === other.owner;
  const whose = isOwn ? (match.owner === undefined ? 'the gateway' : 'this service') : ownerName(other);
  const hint = isOwn ? 'Keep one of the two.' : 'Give one of the two another path; a path leads to one service.';
  return { path: match.path, message: `${same} is already a route of ${whose}.`, hint, other: other.path };
}

function ownerName({ owner }: Owned): string {
  return owner === undefined ? 'the gateway' : `\`${owner}\``;
}
