import type { InstanceFacts } from '../../protocol/supervisor-api.ts';

/** Why an instance is not healthy, as far as can be seen from outside: one sentence each, most telling first. */
export function diagnosisOf(facts: InstanceFacts): readonly string[] {
  const { state } = facts.instance;
  if (state === 'gone') return [howItEnded(facts), ...givenUp(facts)];
  if (state === 'restarting') return [howItEnded(facts), ...nextStart(facts)];
  return [...whereItListens(facts), ...(facts.instance.restarts === 0 ? [] : [howItEnded(facts), restarted(facts)])];
}

function howItEnded({ instance: { exitCode, id }, signal }: InstanceFacts): string {
  if (signal !== null) return `${id} was ended by ${signal}`;
  if (exitCode === 0)
    return `the program of ${id} ended by itself (exit code 0); it has to stay, and not in the background`;
  return exitCode === 127 ? `the program of ${id} could not be started` : `${id} ended with exit code ${exitCode}`;
}

function givenUp({ instance: { restarts, exitCode } }: InstanceFacts): readonly string[] {
  return exitCode === 0 || restarts === 0 ? [] : [`it was started ${times(restarts + 1)} and is not tried again`];
}

function nextStart({ instance: { restarts }, nextStartAt }: InstanceFacts): readonly string[] {
  const when = nextStartAt === null ? 'soon' : `at ${nextStartAt}`;
  return [`it was started ${times(restarts + 1)} and is started again ${when}`];
}

function restarted({ instance: { restarts } }: InstanceFacts): string {
  return `it was started again ${times(restarts)} after ${restarts === 1 ? 'a crash' : 'crashes'}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Reachable is what listens on loopback, or on all addresses, at the port that was given. */
function whereItListens({ instance: { port }, listening }: InstanceFacts): readonly string[] {
  if (listening === null) return [];
  if (listening.length === 0) return [`it listens nowhere yet; it has to on PORT ${port}`];
  const reachable = listening.some((socket) => socket.port === port && isReachable(socket.address));
  if (reachable) return [];
  const places = listening.map((socket) => placeOf(socket)).join(', ');
  return [`it listens on ${places}, not on PORT ${port}`];
}

function isReachable(address: string): boolean {
  return address === '127.0.0.1' || address === '0.0.0.0' || address === '::';
}

function placeOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return isReachable(address) ? String(port) : `${address}:${port}`;
}
