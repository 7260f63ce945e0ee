import { MsaError } from '../../model/errors.ts';
import type { LoadGenerator } from '../../ports/load.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';
import { openMatches, routeAt, servicesOf } from '../../protocol/route-services.ts';
import type { System } from '../../protocol/system.ts';

/** Where the load goes. */
export interface LoadPaths {
  readonly paths: readonly string[];
  /** Whether one of them leads to the service itself, so that answers name its instances. */
  readonly isDirect: boolean;
  /** Paths that cannot be used, with what they answered. */
  readonly leftOut: readonly string[];
}

interface Search {
  readonly system: System;
  readonly service: string;
  /** The user's; empty: the routes of the service. */
  readonly given: readonly string[];
  readonly origin: string;
}

interface Deps {
  readonly load: Pick<LoadGenerator, 'probe'>;
  readonly signal: StopSignal;
}

const probeTimeoutMs = 10_000;

/** Tries every path once: only what answers below 400 now can show by an error that something broke. */
export async function findPaths(
  { load, signal }: Deps,
  { system, service, given, origin }: Search,
): Promise<LoadPaths> {
  const routes = system.routes.filter((route) => route.hosts === undefined && servicesOf(route).includes(service));
  const own = [...new Set(routes.flatMap((route) => openMatches(route).map(({ path }) => path)))];
  const candidates = given.length > 0 ? given : own;
  if (candidates.length === 0) throw unreachable(system, service);
  const paths: string[] = [];
  const leftOut: string[] = [];
  for (const path of candidates) {
    const { status, failure } = await load.probe({ origin, path, timeoutMs: probeTimeoutMs, signal });
    signal.throwIfAborted();
    if (failure === undefined) paths.push(path);
    else leftOut.push(`${path}: ${failure}${status === 401 || status === 403 ? ', it wants somebody known' : ''}`);
  }
  if (paths.length === 0) throw noneAnswers(service, leftOut);
  return { paths, isDirect: paths.some((path) => leadsTo(system, path, service)), leftOut };
}

function leadsTo({ routes }: System, path: string, service: string): boolean {
  const route = routeAt(
    routes.filter(({ hosts }) => hosts === undefined),
    path,
  );
  return route !== undefined && servicesOf(route).includes(service);
}

function unreachable({ edges }: System, service: string): MsaError {
  const callers = edges.filter(({ callee }) => callee === service).map(({ caller }) => caller);
  const details = callers.length === 0 ? [] : [`It is called by: ${callers.join(', ')}`];
  return new MsaError(
    'MSA_CHAOS_INCONCLUSIVE',
    `${service} has no public route, so the load cannot reach it by itself`,
    {
      details,
      hint: `Name a path of the gateway that makes another service call it: msa chaos kill ${service} --path <path>`,
    },
  );
}

function noneAnswers(service: string, tried: readonly string[]): MsaError {
  return new MsaError(
    'MSA_CHAOS_INCONCLUSIVE',
    `no path to ${service} answers below 400, so errors would show nothing`,
    {
      details: tried,
      hint: `Name one that does: msa chaos kill ${service} --path <path>`,
    },
  );
}
