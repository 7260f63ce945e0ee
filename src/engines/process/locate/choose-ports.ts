import { MsaError } from '../../../model/errors.ts';
import type { LocateRequest } from '../../../ports/engine.ts';
import { edgeKey, edgePorts } from '../../../protocol/edge-port.ts';
import { portCandidates } from '../../../protocol/port-candidates.ts';
import { registryPort } from '../../../protocol/ports.ts';
import type { PortTable } from '../../../protocol/supervisor-api.ts';
import { probePort } from '../../../io/port-probe.ts';
import type { HeldPorts } from './held-ports.ts';

export interface PortSituation {
  readonly workspace: string;
  /** What was chosen before, or the running system has. */
  readonly present: PortTable | undefined;
  /** Ports that instances of this very system have. */
  readonly own: ReadonlySet<number>;
  /** Ports of other systems of ours, whether or not something listens there yet, and which system that is. */
  readonly foreign: ReadonlyMap<number, string>;
  readonly held: HeldPorts;
}

const preferredGatewayPort = 8080;
const holderTimeoutMs = 1500;

/** Gives everything in a system its port: the one it has, unless somebody else has taken that while it was down. */
export async function choosePorts(request: LocateRequest, situation: PortSituation): Promise<PortTable> {
  const { present, own, foreign, held } = situation;
  const given = new Set<number>();
  const take = async (port: number): Promise<boolean> => {
    if (given.has(port) || foreign.has(port)) return false;
    if (!own.has(port) && !(await held.hold(port))) return false;
    given.add(port);
    return true;
  };
  const takeAny = async (name: string, preferred: readonly (number | undefined)[]): Promise<number> => {
    for (const port of preferred) if (port !== undefined && (await take(port))) return port;
    for (const port of portCandidates(`${situation.workspace} ${name}`)) if (await take(port)) return port;
    throw new MsaError('MSA_PORT_TAKEN', `no port is free for ${name}`);
  };
  return {
    gateway: await chooseGatewayPort(request.gatewayPort, { situation, take, takeAny }),
    gatewayBind: request.gatewayBind,
    gatewayAdmin: await takeAny('gateway admin', [present?.gatewayAdmin]),
    registry: await takeAny('registry', [present?.registry, registryPort]),
    redis: await takeAny('redis', [present?.redis]),
    postgres: await takeAny('postgres', [present?.postgres]),
    edges: await chooseEdgePorts(request.edges, present?.edges ?? {}, take),
  };
}

interface GatewayChoice {
  readonly situation: PortSituation;
  readonly take: (port: number) => Promise<boolean>;
  readonly takeAny: (name: string, preferred: readonly (number | undefined)[]) => Promise<number>;
}

async function chooseGatewayPort(
  wanted: number | 'auto',
  { situation, take, takeAny }: GatewayChoice,
): Promise<number> {
  if (wanted === 'auto') return takeAny('gateway', [situation.present?.gateway, preferredGatewayPort]);
  if (await take(wanted)) return wanted;
  throw await takenError(wanted, situation.foreign.get(wanted));
}

async function takenError(port: number, system: string | undefined): Promise<MsaError> {
  const who = system ?? (await probePort(port, holderTimeoutMs)).holder ?? 'another program';
  return new MsaError('MSA_PORT_TAKEN', `port ${port} is taken by ${who}`, {
    hint: 'Stop it, or take another port: msa up --port auto',
    data: { port, holder: who },
  });
}

/** New edges get the port of their names, or the next that can be had; those there are keep theirs. */
async function chooseEdgePorts(
  edges: LocateRequest['edges'],
  present: PortTable['edges'],
  take: (port: number) => Promise<boolean>,
): Promise<PortTable['edges']> {
  const chosen: Record<string, number> = {};
  const taken = new Set<number>(Object.values(present));
  const byKey = new Map(edges.map((edge) => [edgeKey(edge.caller, edge.callee), edge]));
  for (const key of [...byKey.keys()].toSorted()) {
    const edge = byKey.get(key);
    if (edge === undefined) continue;
    const kept = present[key];
    const port = kept !== undefined && (await take(kept)) ? kept : await takeEdgePort(edge, taken, take);
    taken.add(port);
    chosen[key] = port;
  }
  return chosen;
}

async function takeEdgePort(
  edge: LocateRequest['edges'][number],
  taken: Set<number>,
  take: (port: number) => Promise<boolean>,
): Promise<number> {
  for (;;) {
    const [port] = edgePorts([edge], (candidate) => taken.has(candidate)).values();
    if (port === undefined || taken.has(port)) throw new MsaError('MSA_PORT_TAKEN', 'no port is free for another edge');
    if (await take(port)) return port;
    taken.add(port);
  }
}
