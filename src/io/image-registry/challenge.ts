/** What a registry wants to be shown: a token of somebody, or name and password. */
export type Challenge =
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    }
  | { readonly scheme: 'basic' };

/** Reads a `WWW-Authenticate` field (RFC 9110, 11.6.1); the first challenge that can be met. */
export function readChallenge(field: string): Challenge | undefined {
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/i.exec(field)?.[1];
  if (bearer !== undefined) {
    const parameters = readParameters(bearer);
    const realm = parameters.get('realm');
    if (realm !== undefined)
      return { scheme: 'bearer', realm, service: parameters.get('service'), scope: parameters.get('scope') };
  }
  return /(?:^|,)\s*basic\b/i.test(field) ? { scheme: 'basic' } : undefined;
}

function readParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain = ''] of text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}
