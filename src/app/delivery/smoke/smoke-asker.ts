import { judgeAnswer, judgeLink, type Judgement, type SeenAnswer } from '../../../delivery/smoke/judge.ts';
import type { SmokeCheck } from '../../../delivery/smoke/report.ts';
import { ownPageRules, rulesOf, type AnswerRules } from '../../../delivery/smoke/rules.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HeaderField, HttpAnswer, HttpCaller } from '../../../ports/http-caller.ts';
import type { CreateStopper, StopSignal } from '../../../ports/stop-signal.ts';
import { headers as headerNames } from '../../../protocol/headers.ts';
import { routeAt } from '../../../protocol/route-services.ts';
import type { System, SystemRoute } from '../../../protocol/system.ts';
import type { WatchState } from '../../../protocol/watch.ts';
import { headerOf, parseJson } from '../../operate/call/call-gateway.ts';
import { isAtGateway, pathOf, type GatewayAddress } from '../../operate/call/gateway-address.ts';
import { readLinks, type Link } from '../../operate/call/links.ts';
import { readWhole } from '../../operate/call/read-whole.ts';

export interface SmokeDeps {
  readonly http: HttpCaller;
  readonly clock: Clock;
  readonly createStopper: CreateStopper;
  readonly signal: StopSignal;
}

interface Surroundings {
  readonly gateway: GatewayAddress;
  readonly state: WatchState;
  readonly system: System;
  readonly headers: readonly HeaderField[];
  readonly timeoutMs: number;
}

/** An address to ask, and which links of its answer to follow. */
interface Question {
  readonly kind: 'entry' | 'route';
  readonly name: string;
  readonly services?: readonly string[];
  /** The route it belongs to; left out: that which has its path, if any. */
  readonly route?: SystemRoute;
  readonly rules?: AnswerRules;
  /** Undefined: the gateway's own. */
  readonly host?: string | undefined;
  /** Path and query. */
  readonly path: string;
  readonly headers?: readonly HeaderField[];
  readonly choose: (links: readonly Link[]) => readonly Link[];
}

export interface Asker {
  /** Asks, then follows what the answer offers, one step. */
  readonly ask: (question: Question) => Promise<readonly SmokeCheck[]>;
}

/** Links are looked for in bodies up to this size. */
const maxLinkedBytes = 1024 ** 2;

/** Asks the gateway and judges its answers; no link is followed twice. */
export function createAsker(deps: SmokeDeps, surroundings: Surroundings): Asker {
  const { gateway, system } = surroundings;
  const followed = new Set<string>();
  return {
    ask: async (question) => {
      const { kind, name, host, path, headers = [] } = question;
      const base =
        host === undefined ? gateway.origin : gateway.origin.replace(/\/\/(?:\[[^\]]*\]|[^:/]+)/, `//${host}`);
      const url = deps.http.resolve(path, base) ?? `${base}${path}`;
      const route =
        question.route ??
        routeAt(
          system.routes.filter(({ hosts }) => hosts === undefined),
          path,
        );
      const rules = question.rules ?? (route === undefined ? ownPageRules : rulesOf(route, system.gateway));
      const asked = await send(deps, surroundings, { url, headers });
      const services = question.services ?? rules.services;
      const first = checkOf({ kind, name, services, url }, asked, (answer) => judgeAnswer(answer, rules));
      const checks = [first];
      for (const link of question.choose(asked.links)) {
        const href = deps.http.resolve(link.href, url);
        const isOurs = href !== undefined && (isAtGateway(gateway, href) || href.startsWith(`${base}/`));
        if (!isOurs || followed.has(href)) continue;
        followed.add(href);
        checks.push(await follow(deps, surroundings, { href, name: `${name}, link ${link.rel}`, route, headers }));
      }
      return checks;
    },
  };
}

interface Step {
  readonly href: string;
  readonly name: string;
  /** The route of the answer that offers it. */
  readonly route: SystemRoute | undefined;
  readonly headers: readonly HeaderField[];
}

async function follow(deps: SmokeDeps, surroundings: Surroundings, step: Step): Promise<SmokeCheck> {
  const { gateway, system } = surroundings;
  const hosts = JSON.stringify(step.route?.hosts);
  const sameHosts = system.routes.filter((route) => JSON.stringify(route.hosts) === hosts);
  const path = pathOf(gateway, step.href).replace(/^[a-z]+:\/\/[^/?#]*/, '');
  const route = routeAt(sameHosts, path);
  const rules = route === undefined ? ownPageRules : rulesOf(route, system.gateway);
  const asked = await send(deps, surroundings, { url: step.href, headers: step.headers });
  const { services } = rules;
  return checkOf({ kind: 'link', name: step.name, services, url: step.href }, asked, (answer) =>
    judgeLink(answer, rules),
  );
}

interface Asked {
  readonly answer: SeenAnswer | undefined;
  /** Why there is none. */
  readonly problem: string;
  readonly links: readonly Link[];
  readonly durationMs: number;
  readonly requestId: string | undefined;
}

function checkOf(
  about: Pick<SmokeCheck, 'kind' | 'name' | 'services' | 'url'>,
  { answer, problem, durationMs, requestId }: Asked,
  judge: (answer: SeenAnswer) => Judgement,
): SmokeCheck {
  const judgement: Judgement = answer === undefined ? { outcome: 'failed', reason: problem } : judge(answer);
  return { ...about, ...judgement, durationMs, requestId };
}

async function send(
  deps: SmokeDeps,
  { gateway, state, headers, timeoutMs }: Surroundings,
  request: { readonly url: string; readonly headers: readonly HeaderField[] },
): Promise<Asked> {
  const { http, clock } = deps;
  const stopper = deps.createStopper(deps.signal);
  const late = new MsaError('MSA_GATEWAY_UNREACHABLE', `the answer was not complete within ${timeoutMs} ms`);
  void clock.sleep(timeoutMs, stopper.signal).then(
    () => stopper.stop(late),
    () => undefined,
  );
  const beganMs = clock.now();
  const passed = (): number => Math.round(clock.now() - beganMs);
  try {
    const answer = await http.send({
      connectTo: gateway.connectTo,
      url: request.url,
      method: 'GET',
      headers: [
        ['accept', 'application/json, */*;q=0.5'],
        ['cache-control', 'no-cache'],
        ...request.headers,
        ...headers,
      ],
      body: undefined,
      timeoutMs,
      signal: stopper.signal,
    });
    const links = await linksOf(deps, answer);
    const seen = seenOf(answer, state);
    return {
      answer: seen,
      problem: '',
      links,
      durationMs: passed(),
      requestId: headerOf(answer, headerNames.requestId),
    };
  } catch (error) {
    deps.signal.throwIfAborted();
    if (!(error instanceof MsaError)) throw error;
    return { answer: undefined, problem: error.message, links: [], durationMs: passed(), requestId: undefined };
  } finally {
    stopper.stop(new Error('the answer was seen'));
  }
}

/** None where the body is no JSON, or more of it than anybody would look for links in. */
async function linksOf({ http }: SmokeDeps, answer: HttpAnswer): Promise<readonly Link[]> {
  const type = headerOf(answer, 'content-type') ?? '';
  if (answer.status >= 400 || !/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) return [];
  try {
    return readLinks(parseJson(http.textOf(await readWhole(answer, maxLinkedBytes))));
  } catch (error) {
    if (error instanceof MsaError && error.code === 'MSA_ANSWER_TOO_LARGE') return [];
    throw error;
  }
}

function seenOf(answer: HttpAnswer, { instances }: WatchState): SeenAnswer {
  const instance = headerOf(answer, headerNames.instance);
  return {
    status: answer.status,
    instance,
    service: instances.find(({ id }) => id === instance)?.service,
    refusal: headerOf(answer, headerNames.gatewayError),
    fallback: headerOf(answer, headerNames.fallback),
    lacking: (headerOf(answer, headerNames.partial) ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}
