import type { StopSignal } from '../../../ports/stop-signal.ts';
import { parseJson, type Answered, type CallDeps } from './call-gateway.ts';
import { followWords } from './follow-command.ts';
import { isAtGateway } from './gateway-address.ts';
import { readLinks, type Link } from './links.ts';
import { readWhole } from './read-whole.ts';
import { sampleOf } from './sample-body.ts';

/** A link of an answer as a user needs it. */
export interface LinkReport {
  readonly rel: string;
  readonly method: string;
  readonly href: string;
  /** The words after `msa` that follow it; undefined when it leads away from the gateway. */
  readonly command: readonly string[] | undefined;
}

/** So many links to items are enough to see what they look like. */
const maxItems = 5;

/**
 * The links of an answer with the command that follows each, with a body that its schema accepts where one has to be
 * sent. The schemas are asked for at the gateway; where they cannot be had, the body is left to the user.
 */
export async function describeLinks(
  deps: CallDeps,
  answered: Pick<Answered, 'method' | 'url'>,
  body: unknown,
): Promise<readonly LinkReport[]> {
  const links = readLinks(body).map((link) => ({
    ...link,
    url: deps.http.resolve(link.href, answered.url) ?? link.href,
  }));
  const surplus = new Set(links.filter(({ rel }) => rel === 'item').slice(maxItems));
  const shown = links.filter((link) => !surplus.has(link));
  const bodies = await sampleBodies(deps, shown);
  return shown.map((link) => {
    const { rel, method, href, schema } = link;
    const words = followWords(link, { gateway: deps.gateway, links, ...answered });
    const data = schema === undefined ? [] : ['--data', bodies.get(schema) ?? '@body.json'];
    return { rel, method, href, command: words && ['call', ...words, ...data] };
  });
}

const maxDocumentBytes = 4 * 1024 ** 2;
const documentTimeoutMs = 2000;

/** By schema address: the text of a body. */
async function sampleBodies(deps: CallDeps, links: readonly Link[]): Promise<ReadonlyMap<string, string>> {
  const addresses = [...new Set(links.flatMap(({ schema }) => schema ?? []))];
  const places = addresses.map((address) => ({ address, document: address.replace(/#.*$/s, '') }));
  const documents = new Map<string, unknown>();
  for (const document of new Set(places.map((place) => place.document))) {
    documents.set(document, await readDocument(deps, document, deps.signal));
  }
  const bodies = new Map<string, string>();
  for (const { address, document } of places) {
    const sample = sampleOf(documents.get(document), address.slice(document.length));
    if (sample !== undefined) bodies.set(address, JSON.stringify(sample));
  }
  return bodies;
}

async function readDocument({ http, gateway }: CallDeps, url: string, signal: StopSignal): Promise<unknown> {
  if (!isAtGateway(gateway, url)) return undefined;
  const request = { connectTo: gateway.connectTo, url, method: 'GET', headers: [], body: undefined };
  try {
    const answer = await http.send({ ...request, timeoutMs: documentTimeoutMs, signal });
    const bytes = await readWhole(answer, maxDocumentBytes);
    return answer.status === 200 ? parseJson(http.textOf(bytes)) : undefined;
  } catch {
    // It is a hint only; the answer itself is there.
    return undefined;
  }
}
