import type { Log } from '../observe/log.ts';
import { refuse } from '../problems.ts';
import { answer, answerOptions, answerRefusal, baseOf } from '../proxy/incoming.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { OwnPage } from '../proxy/handle-request.ts';
import type { Current } from '../state/current.ts';
import { describeEntry } from './describe-entry.ts';
import type { Visitor } from './describe-entry.ts';
import { Contracts } from './contracts.ts';
import { describeName } from './describe-name.ts';

export interface OwnPagesParts {
  readonly current: Current;
  readonly publicUrl: string | undefined;
  readonly log: Log;
}

interface Found {
  /** Of the path it is bound to, to be compared with that of a route. */
  readonly length: number;
  readonly serve: OwnPage;
}

type Page = (incoming: Incoming, visitor: Visitor) => Promise<object | undefined> | object | undefined;

const allowed = 'GET, HEAD, OPTIONS';

/**
 * What the gateway itself serves beside the routes: the entry point, the merged contract, and what names in links and
 * problems mean. A route to the same path, declared in msa.yaml, wins.
 */
export function createOwnPages(parts: OwnPagesParts): { find(path: string): Found | undefined } {
  const { current } = parts;
  const contracts = new Contracts(parts.log);
  const namePage: Page = ({ path }, visitor) => describeName({ path, visitor, routing: current.routing });
  const pages: readonly { path: string; below: boolean; page: Page }[] = [
    { path: '/', below: false, page: (_incoming, visitor) => describeEntry(current.state, current.routing, visitor) },
    { path: '/openapi.json', below: false, page: () => contracts.merged(current.state, current.routing) },
    { path: '/rels/', below: true, page: namePage },
    { path: '/problems/', below: true, page: namePage },
  ];
  return {
    find(path) {
      const found = pages.find((page) => (page.below ? path.startsWith(page.path) : path === page.path));
      return found && { length: found.path.length, serve: (incoming) => servePage(found.page, incoming, parts) };
    },
  };
}

async function servePage(page: Page, incoming: Incoming, { publicUrl = '' }: OwnPagesParts): Promise<void> {
  const { method, path } = incoming;
  if (method === 'OPTIONS') return answerOptions(incoming, allowed);
  if (method !== 'GET' && method !== 'HEAD')
    return answerRefusal(incoming, refuse('method-not-allowed', `${path} can only be read.`, ['allow', allowed]));
  const base = baseOf(incoming) || publicUrl.replace(/\/+$/, '');
  const document = await page(incoming, { base, authority: incoming.authority });
  if (!document) return answerRefusal(incoming, refuse('not-found', `Nothing is known of ${path}.`));
  return answer(incoming, {
    status: 200,
    type: 'application/json',
    body: JSON.stringify(document),
    fields: ['cache-control', 'no-cache'],
  });
}
