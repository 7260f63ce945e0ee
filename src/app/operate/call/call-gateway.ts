import { MsaError } from '../../../model/errors.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import type { HeaderField, HttpAnswer, HttpCaller } from '../../../ports/http-caller.ts';
import { isAtGateway, type GatewayAddress } from './gateway-address.ts';
import { readLinks, type Link } from './links.ts';
import { readWhole } from './read-whole.ts';

export interface CallDeps {
  readonly http: HttpCaller;
  readonly gateway: GatewayAddress;
  /** A key no other request has. */
  readonly newKey: () => string;
  readonly signal: StopSignal;
}

export interface Call {
  readonly method: string;
  /** A path of the gateway, or an absolute address of it. */
  readonly target: string;
  readonly headers: readonly HeaderField[];
  /** What is sent: the first with the first request that takes a body, and so on. */
  readonly bodies: readonly Uint8Array[];
  /** Relations of the links to follow, one after the other. */
  readonly follow: readonly string[];
  readonly timeoutMs: number;
}

/** An answer with the request it answers. */
export interface Answered {
  readonly method: string;
  readonly url: string;
  readonly answer: HttpAnswer;
  /** Relations that were not followed any more, because the answer is an error. */
  readonly unfollowed: readonly string[];
}

/**
 * Sends a request to the gateway and follows links from answer to answer; gives the last answer, its body unread. It
 * follows no link behind an error, no redirect, and nothing that leads away from the gateway.
 */
export async function callGateway(deps: CallDeps, call: Call): Promise<Answered> {
  const { follow } = call;
  const bodies = [...call.bodies];
  let step: Step = { method: call.method, url: addressOf(deps, call.target), requires: [], etag: undefined };
  for (let index = 0; ; index += 1) {
    const body = takesBody(step.method) ? bodies.shift() : undefined;
    const isLast = index === follow.length;
    if (isLast && bodies.length > 0) throw tooManyBodies(step.method);
    const { method, url } = step;
    const headers = headersOf(deps, call, { ...step, body, isLast });
    const { signal, gateway } = deps;
    const { timeoutMs } = call;
    const answer = await deps.http.send({
      connectTo: gateway.connectTo,
      url,
      method,
      headers,
      body,
      timeoutMs,
      signal,
    });
    if (isLast || answer.status >= 400) return { method, url, answer, unfollowed: follow.slice(index) };
    step = await nextStep(deps, { rel: follow[index] ?? '', url, answer });
  }
}

interface Step {
  readonly method: string;
  readonly url: string;
  /** Names of headers that must be sent. */
  readonly requires: readonly string[];
  /** Of the representation that the link was found in. */
  readonly etag: string | undefined;
}

/** Larger answers are for programs, not for finding a link in them. */
const maxLinkedBytes = 16 * 1024 ** 2;

async function nextStep(
  deps: CallDeps,
  { rel, url, answer }: { readonly rel: string; readonly url: string; readonly answer: HttpAnswer },
): Promise<Step> {
  const bytes = await readWhole(answer, maxLinkedBytes);
  const links = readLinks(parseJson(deps.http.textOf(bytes)));
  const link = links.find((candidate) => candidate.rel === rel);
  if (link === undefined) throw noSuchLink(rel, url, links);
  const href = deps.http.resolve(link.href, url);
  if (href === undefined || !isAtGateway(deps.gateway, href)) {
    throw new MsaError('MSA_LINK_UNUSABLE', `the link ${rel} leads away from the gateway, to ${link.href}`, {
      hint: `msa call speaks to ${deps.gateway.origin} only; use curl for other hosts.`,
    });
  }
  return { method: link.method, url: href, requires: link.requires, etag: headerOf(answer, 'etag') };
}

function noSuchLink(rel: string, url: string, links: readonly Link[]): MsaError {
  const rels = [...new Set(links.map((link) => link.rel))];
  return new MsaError('MSA_LINK_UNUSABLE', `the answer of ${url} has no link ${JSON.stringify(rel)}`, {
    hint: rels.length === 0 ? 'It has no links at all.' : `It has: ${rels.join(', ')}.`,
    data: { rel, rels },
  });
}

function addressOf({ http, gateway }: CallDeps, target: string): string {
  const isPath = target.startsWith('/');
  // Two slashes would begin with a host.
  const url = http.resolve(isPath ? `${gateway.origin}${target}` : target, isPath ? gateway.origin : 'none:');
  if (url !== undefined && isAtGateway(gateway, url)) return url;
  const isAddress = /^[a-z][a-z+.-]*:\/\//i.test(target);
  throw new MsaError(
    'MSA_USAGE',
    isAddress ? `${target} is not at the gateway of this system, ${gateway.origin}` : `${target} is no path`,
    { hint: isAddress ? 'Use curl for other hosts.' : `A path begins with a slash: msa call GET /${target}` },
  );
}

function tooManyBodies(method: string): MsaError {
  return new MsaError('MSA_USAGE', 'there are more --data than requests that take a body', {
    hint: `${method} takes none; POST, PUT and PATCH do.`,
  });
}

function takesBody(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method);
}

/** Headers that speak of one request: what the user says of them is meant for the last. */
const ofOneRequest = new Set(['if-match', 'if-none-match', 'idempotency-key']);

interface Sending extends Step {
  readonly body: Uint8Array | undefined;
  readonly isLast: boolean;
}

function headersOf({ newKey }: CallDeps, call: Call, sending: Sending): readonly HeaderField[] {
  const { method, requires, etag, body, isLast } = sending;
  const given = call.headers.filter(([name]) => isLast || !ofOneRequest.has(name.toLowerCase()));
  const has = (name: string): boolean => given.some(([other]) => other.toLowerCase() === name);
  const wanted: HeaderField[] = [['accept', 'application/json, */*;q=0.5']];
  if (body !== undefined) wanted.push(['content-type', 'application/json']);
  // A structured-field string, as the draft of the field has it: in quotes.
  if (method === 'POST' || requires.includes('idempotency-key')) wanted.push(['idempotency-key', `"${newKey()}"`]);
  if (requires.includes('if-match') && etag !== undefined) wanted.push(['if-match', etag]);
  const sent = given.filter(([name]) => body !== undefined || name.toLowerCase() !== 'content-type');
  return [...wanted.filter(([name]) => !has(name)), ...sent];
}

/** The value of a header of an answer. */
export function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  return headers.find(([other]) => other === name)?.[1];
}

/** What a text says as JSON; undefined when it is none. */
export function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
