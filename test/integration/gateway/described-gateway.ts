import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import { describeRouting } from '../../../src/plan/describe-routing.ts';
import type { WatchState } from '../../../src/protocol/watch.ts';
import { freePorts } from '../../support/free-port.ts';
import { factsOf } from '../../unit/plan/random-systems.ts';
import { instance, startGateway, startUpstream } from './support.ts';
import type { TestGateway, Upstream } from './support.ts';

/** What an echoing service got. */
interface Echo {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DescribedGateway extends TestGateway {
  /** What services got so far, in the order they got it. */
  readonly got: readonly Echo[];
  readonly state: WatchState;
  /** Where the listener of an edge is reached, by `caller>callee`. */
  readonly edgeUrl: (key: string) => string;
}

/**
 * A gateway that works by what an `msa.yaml` says, as `msa up` would have it. Every service of it tells what it was
 * asked, but for those that are named: they have no instance.
 */
export async function startDescribed(yaml: string, absent: readonly string[] = []): Promise<DescribedGateway> {
  const parsed = parseWorkspace(yaml, { file: 'msa.yaml' });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const described = describeRouting(factsOf(parsed.workspace));
  const ports = await freePorts(described.edges.length);
  const edges = described.edges.map((edge, index) => ({ ...edge, port: ports[index] ?? edge.port }));
  const system = { ...described, edges };
  const got: Echo[] = [];
  const names = parsed.workspace.services.map(({ name }) => name).filter((name) => !absent.includes(name));
  const upstreams = await Promise.all(names.map((name) => startEcho(name, got)));
  const instances = names.flatMap((name, index) => {
    const upstream = upstreams[index];
    return upstream ? [instance(`${name}-1`, upstream)] : [];
  });
  const state: WatchState = { type: 'state', epoch: 'epoch-1', revision: 1, system, instances };
  const gateway = await startGateway(state);
  const dispose = async (): Promise<void> => {
    await gateway.gateway.close();
    await Promise.all(upstreams.map((upstream) => upstream[Symbol.asyncDispose]()));
  };
  const edgeUrl = (key: string): string =>
    `http://127.0.0.1:${edges.find(({ caller, callee }) => `${caller}>${callee}` === key)?.port}`;
  return { ...gateway, got, state, edgeUrl, [Symbol.asyncDispose]: dispose };
}

function startEcho(service: string, got: Echo[]): Promise<Upstream> {
  return startUpstream((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      const echo: Echo = { service, method, url, headers: joined(rawHeaders), body };
      got.push(echo);
      response.setHeader('content-type', 'application/json');
      response.setHeader('x-from', service);
      response.setHeader('server', 'echo');
      response.end(JSON.stringify(echo));
    });
  });
}

/** By name in lower case; those that are there more than once are joined by a comma. */
function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return headers;
}
