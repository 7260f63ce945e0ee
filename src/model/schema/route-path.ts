/** For editors; what exactly is wrong says routePathProblem. */
export const routePathPattern = /^\/[A-Za-z0-9._~!$&'()+,;=@/-]{0,400}$/;

/** Paths the gateway answers itself, with everything below them. */
const gatewayPaths = ['/openapi.json', '/rels'];

/** Says what keeps a text from being a path of a route, as the rest of a sentence; undefined when nothing. */
export function routePathProblem(path: string): string | undefined {
  return (
    prefixProblem(path, 'must be a plain prefix, without parameters (`/users` also takes `/users/1`)') ??
    ownershipProblem(path)
  );
}

/** The same for a path without what is below it. */
export function exactPathProblem(path: string): string | undefined {
  return prefixProblem(path, 'must be a plain path, without parameters') ?? ownershipProblem(path);
}

/** The same for a path that stands in place of another. */
export function targetPathProblem(path: string): string | undefined {
  return prefixProblem(path, 'must be a plain path, without parameters');
}

function prefixProblem(path: string, noParameters: string): string | undefined {
  if (!path.startsWith('/')) return 'must begin with `/`';
  if (/[*{}:]/.test(path)) return noParameters;
  if (/[?#]/.test(path)) return 'must be a path alone, without query or fragment';
  if (path.includes('//') || /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return 'must have no empty, `.` or `..` parts';
  return routePathPattern.test(path) ? undefined : 'must consist of letters, digits and the usual punctuation of paths';
}

function ownershipProblem(path: string): string | undefined {
  const normal = normalizeRoutePath(path);
  const owned = gatewayPaths.find((gatewayPath) => normal === gatewayPath || normal.startsWith(`${gatewayPath}/`));
  return owned === undefined ? undefined : `must be another path (the gateway answers \`${owned}\` itself)`;
}

/** The same path without a slash at its end, which means nothing in a route. */
export function normalizeRoutePath(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
