import type { Demand, IssuerDraft } from '../auth-draft.ts';
import { closest } from '../closest.ts';
import type { Finding, Path } from '../problem.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';

/** Whoever is asked for a token can get one: from issuers that are there, that differ, and that say for whom they sign. */
export function checkAuth({ auth, services }: WorkspaceDraft): readonly Finding[] {
  const names = new Set(services.map(({ name }) => name));
  return [
    ...auth.issuers.flatMap((issuer) => checkIssuer(issuer, names)),
    ...sameIssuers(auth.issuers),
    ...checkSomebody(auth.keys, auth.issuers.length),
    ...checkDemands(auth),
  ];
}

function checkIssuer(issuer: IssuerDraft, names: ReadonlySet<string>): readonly Finding[] {
  return [...checkKeyPlace(issuer, names), ...checkAudience(issuer)];
}

function checkKeyPlace({ path, keys, service }: IssuerDraft, names: ReadonlySet<string>): readonly Finding[] {
  if (keys.has('service') && keys.has('jwks')) {
    const message = 'The issuer has both `service` and `jwks`, but its keys are in one place.';
    const hint = 'Keep `service` for one of this workspace, or `jwks` for somebody else.';
    return [{ path: [...path, 'jwks'], at: 'key', message, hint, other: [...path, 'service'] }];
  }
  if (!keys.has('service') && !keys.has('jwks')) {
    const message = 'The issuer has neither `service` nor `jwks`, so its keys cannot be found.';
    return [{ path, message, hint: 'For example: `service: auth`, or `jwks: https://login.example.com/keys`.' }];
  }
  if (keys.has('jwks') && keys.has('path')) {
    const message = '`path` belongs to `service`; `jwks` is a whole address.';
    return [{ path: [...path, 'path'], at: 'key', message, hint: 'Remove it.' }];
  }
  if (service === undefined || names.has(service)) return [];
  const near = closest(service, names);
  const hint =
    near === undefined ? 'Add the service, or give the address of the keys with `jwks`.' : `Did you mean \`${near}\`?`;
  return [{ path: [...path, 'service'], message: `There is no service \`${service}\` to issue tokens.`, hint }];
}

function checkAudience({ path, keys }: IssuerDraft): readonly Finding[] {
  if (keys.has('audience')) return [];
  const message = 'The issuer has no `audience`, so a token it made for anybody else would be good here too.';
  return [{ path, message, hint: 'Say what `aud` has to say: `audience: shop`.' }];
}

function sameIssuers(issuers: readonly IssuerDraft[]): readonly Finding[] {
  const seen = new Map<string, Path>();
  return issuers.flatMap(({ issuer, path }): readonly Finding[] => {
    if (issuer === undefined) return [];
    const other = seen.get(issuer);
    const place = [...path, 'issuer'];
    if (other === undefined) seen.set(issuer, place);
    if (other === undefined) return [];
    const message = `\`${issuer}\` is an issuer already, and a token says only that.`;
    return [{ path: place, message, hint: 'Keep one of the two; `audience` may be a list.', other }];
  });
}

function checkSomebody(keys: ReadonlySet<string> | undefined, issuerCount: number): readonly Finding[] {
  if (keys === undefined || issuerCount > 0 || keys.has('keysFile')) return [];
  const message = '`auth` names nobody who is believed.';
  return [{ path: ['gateway', 'auth'], message, hint: 'Add `issuers`, or a `keysFile` with API keys.' }];
}

function checkDemands({ keys, demands }: WorkspaceDraft['auth']): readonly Finding[] {
  const first = demands.find(({ isNothing }) => !isNothing);
  const useless = demands.filter((demand) => demand.keys?.has('others') === true && !demand.keys.has('methods'));
  return [
    ...demands.flatMap(contradiction),
    ...(first === undefined || keys !== undefined ? [] : [nobodyBelieved(first.path)]),
    ...useless.map(({ path }): Finding => {
      const message = '`others` says what methods ask for that are not in `methods`, but there are no `methods`.';
      return { path: [...path, 'others'], at: 'key', message, hint: 'Remove it, or name methods.' };
    }),
  ];
}

/** Who reads `scopes` in the file believes that they are asked for. */
function contradiction({ path, keys, others }: Demand): readonly Finding[] {
  const asked = others === 'none' ? ['scopes', 'roles'].find((key) => keys?.has(key)) : undefined;
  if (asked === undefined) return [];
  const message = `\`${asked}\` are asked of nobody: they are for methods that \`methods\` does not name, and \`others\` lets everybody in by those.`;
  const hint = `Remove \`others\`, or write the \`${asked}\` into \`methods\`.`;
  return [{ path: [...path, asked], at: 'key', message, hint, other: [...path, 'others'] }];
}

function nobodyBelieved(path: Path): Finding {
  const message = 'This asks for a token or an API key, but nobody is believed who could give one.';
  const hint = 'Say who in `gateway.auth`: `issuers: [{ service: auth, issuer: …, audience: … }]`, or a `keysFile`.';
  return { path, at: 'key', message, hint };
}
