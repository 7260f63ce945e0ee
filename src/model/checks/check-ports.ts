import { registryPort } from '../../protocol/ports.ts';
import { defaultValues } from '../schema/default-values.ts';
import type { Finding, Path } from '../problem.ts';
import type { ServiceDraft, WorkspaceDraft } from '../workspace-draft.ts';

/**
 * Ports of the machine are used once. A service's own port is one only under the process engine: containers have
 * theirs to themselves, and what `auto` picks is not known here.
 */
export function checkPorts({
  engine,
  gatewayPort = defaultValues.gatewayPort,
  services,
}: WorkspaceDraft): readonly Finding[] {
  const findings: Finding[] = [];
  if (gatewayPort === registryPort) {
    const message = `Port ${registryPort} belongs to the registry.`;
    findings.push({ path: ['gateway', 'port'], message, hint: 'Choose another one, or `auto`.' });
  }
  return engine === 'process' ? [...findings, ...machinePorts(gatewayPort, services)] : findings;
}

function machinePorts(gatewayPort: number, services: readonly ServiceDraft[]): readonly Finding[] {
  const owners = new Map<number, { readonly owner: string; readonly other?: Path }>([
    [registryPort, { owner: 'the registry' }],
    [gatewayPort, { owner: 'the gateway' }],
  ]);
  return services.flatMap(({ name, port, replicas, path: servicePath }): readonly Finding[] => {
    if (port === undefined) return [];
    const path = [...servicePath, 'port'];
    const taken = owners.get(port);
    owners.set(port, taken ?? { owner: `\`${name}\``, other: path });
    if (taken !== undefined) return [{ path, message: sharedPort(port, taken.owner), hint: portHint, ...other(taken) }];
    if (replicas === undefined || replicas <= 1) return [];
    const message = `${replicas} instances of \`${name}\` cannot all listen on port ${port} of one machine.`;
    return [{ path, message, hint: portHint }];
  });
}

const portHint = 'Remove `port` if the program reads PORT, or use `engine: docker`.';

function sharedPort(port: number, owner: string): string {
  return `Port ${port} is used by ${owner} already, and under the process engine all share one machine.`;
}

function other({ other: path }: { readonly other?: Path }): { readonly other?: Path } {
  return path === undefined ? {} : { other: path };
}
