import type { ClientNames } from './client-names.ts';

/** The types a client with links needs. */
export const linkTypes = `
/** A representation that says what can be done next. */
export interface Linked {
  readonly links: readonly { readonly rel: string; readonly method: string; readonly href: string }[];
}

export interface FollowOptions extends CallOptions {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
}
`;

/** The function of the client that follows a link. */
export function followLinkText({ url }: ClientNames): string {
  return `
    /** Does what the link \`rel\` offers. Refuses when there is no such link now, or when it leads to somebody else. */
    async followLink<Body = unknown>(
      from: Linked,
      rel: string,
      { body, ifMatch, idempotencyKey, ...options }: FollowOptions = {},
    ): Promise<Reply<Body>> {
      const target = linkTarget(from, rel, baseUrl ?? ${url}());
      return send(options, { ...target, headers: { 'if-match': ifMatch, 'idempotency-key': idempotencyKey }, body });
    },`;
}

/** The function that decides whether a link may be followed. */
export function linkTargetText(callee: string): string {
  return `
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

// Only below the address we call anyway: a link must not make us send anything to somebody else.
function linkTarget({ links }: Linked, rel: string, base: string): Pick<CallRequest, 'method' | 'path'> {
  const link = links.find((candidate) => candidate.rel === rel);
  if (!link) throw problem('bad-gateway', \`${callee} does not offer "\${rel}" now.\`);
  const { origin, pathname } = new URL(base);
  const prefix = pathname.replace(/\\/+$/, '');
  const target = URL.canParse(link.href, base) ? new URL(link.href, base) : undefined;
  const method = methods.find((known) => known === link.method);
  if (!method || target?.origin !== origin || !\`\${target.pathname}/\`.startsWith(\`\${prefix}/\`)) {
    throw problem('bad-gateway', \`The link "\${rel}" of ${callee} does not lead to ${callee}.\`);
  }
  return { method, path: target.pathname.slice(prefix.length) + target.search };
}
`;
}
