import type { HeaderChanges, HeaderPolicy } from '../../protocol/policies/header-changes.ts';
import type { MirrorPolicy } from '../../protocol/policies/mirror.ts';
import type { PathChange } from '../../protocol/policies/path-change.ts';
import type { RedirectPolicy } from '../../protocol/policies/redirect.ts';
import type { RespondPolicy } from '../../protocol/policies/respond.ts';
import type { RewritePolicy } from '../../protocol/policies/rewrite.ts';
import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import type { WrittenRoute } from '../schema/route-schema.ts';

/** What becomes of the requests of a route whose matches begin with `path`. */
export function elsewherePolicy(written: WrittenRoute, path: string): RoutePolicy {
  const { split, redirect, rewrite, respond } = written;
  return {
    ...(split && { split: split.map(({ service, weight = 1 }) => ({ service, weight })) }),
    ...(redirect && { redirect: redirectPolicy(redirect, path) }),
    ...(rewrite && { rewrite: rewritePolicy(rewrite, path) }),
    ...(respond && { respond: respondPolicy(respond) }),
  };
}

/** Fields that are changed, and who gets copies. */
export function passingPolicy({ requestHeaders, responseHeaders, mirror }: WrittenPolicy): RoutePolicy {
  const headers: HeaderPolicy = {
    ...(requestHeaders && { request: headerChanges(requestHeaders) }),
    ...(responseHeaders && { response: headerChanges(responseHeaders) }),
  };
  const mirrors: MirrorPolicy = (mirror ?? []).map(({ service, percent = 100 }) => ({ service, percent }));
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(mirrors.length > 0 && { mirror: mirrors }),
  };
}

function redirectPolicy(written: NonNullable<WrittenRoute['redirect']>, from: string): RedirectPolicy {
  const { status = 302, scheme, host, port } = written;
  const path = pathChange(written, from);
  return {
    status,
    ...(scheme && { scheme }),
    ...(host !== undefined && { host: host.toLowerCase() }),
    ...(port !== undefined && { port }),
    ...(path && { path }),
  };
}

function rewritePolicy(written: NonNullable<WrittenRoute['rewrite']>, from: string): RewritePolicy {
  const path = pathChange(written, from);
  return { ...(written.host !== undefined && { host: written.host.toLowerCase() }), ...(path && { path }) };
}

interface WrittenChange {
  readonly path?: string | undefined;
  readonly prefix?: string | undefined;
}

function pathChange({ path, prefix }: WrittenChange, from: string): PathChange | undefined {
  if (path !== undefined) return { kind: 'full', path };
  if (prefix === undefined) return undefined;
  return { kind: 'prefix', from: withoutSlash(from), to: withoutSlash(prefix) };
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

function respondPolicy({ status = 200, body, headers }: NonNullable<WrittenRoute['respond']>): RespondPolicy {
  const fields = lowerNames(headers ?? {});
  if (body === undefined || body === null) return { status, headers: fields, body: '' };
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': type, ...fields }, body: text };
}

function headerChanges({ set, add, remove }: NonNullable<WrittenPolicy['requestHeaders']>): HeaderChanges {
  return {
    ...(set && { set: lowerNames(set) }),
    ...(add && { add: lowerNames(add) }),
    ...(remove && { remove: remove.map((name) => name.toLowerCase()) }),
  };
}

function lowerNames(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}
