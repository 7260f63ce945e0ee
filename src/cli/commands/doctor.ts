import { openWorkspace } from '../../app/open-workspace.ts';
import { findPlace } from '../../app/system/find-place.ts';
import { MsaError } from '../../model/errors.ts';
import type { Workspace } from '../../model/workspace.ts';
import { registryPort } from '../../protocol/ports.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { judgeSystem, type Check, type WorkspaceFacts } from '../doctor-checks.ts';
import type { Colors } from '../terminal/colors.ts';

const defaultGatewayPort = 8080;

/** Checks the machine and the workspace; fails only where no engine could work. */
export async function run(_input: CommandInput, deps: Deps): Promise<CommandResult> {
  const { directory, env, colors } = deps;
  const workspace = await lookAtWorkspace(deps);
  const { gatewayPort } = workspace;
  const ports = [...(gatewayPort === 'auto' ? [] : [gatewayPort]), registryPort];
  const system = await deps.probeSystem({ directory, ports, env });
  const isTaken = system.ports.some(({ free }) => !free);
  const isUp = isTaken && workspace.kind === 'valid' && (await runsHere(deps));
  const checks = judgeSystem({ system, workspace, isUp, platform: process.platform });
  const failed = checks.filter(({ status }) => status === 'fail');
  const data = { ok: failed.length === 0, checks };
  const text = renderChecks(checks, colors);
  return failed.length === 0 ? { data, text } : { data, text, failure: doctorFailed(failed) };
}

function doctorFailed(failed: readonly Check[]): MsaError {
  const names = failed.map(({ name }) => name).join(', ');
  const hint = failed[0]?.fix;
  const options = hint === undefined ? {} : { hint };
  return new MsaError('MSA_DOCTOR_FAILED', `nothing can run services on this machine: ${names}`, options);
}

type LookedAt = WorkspaceFacts & { readonly gatewayPort: Workspace['gateway']['port'] };

async function lookAtWorkspace({ files, directory }: Deps): Promise<LookedAt> {
  try {
    const { workspace } = await openWorkspace(files, directory);
    return { kind: 'valid', name: workspace.name, gatewayPort: workspace.gateway.port };
  } catch (error) {
    if (!(error instanceof MsaError)) throw error;
    const none = error.code === 'MSA_WORKSPACE_NOT_FOUND';
    const facts: WorkspaceFacts = none ? { kind: 'none' } : { kind: 'invalid', message: error.message };
    return { ...facts, gatewayPort: defaultGatewayPort };
  }
}

async function runsHere(deps: Deps): Promise<boolean> {
  const { workspace } = await findPlace(deps, { directory: deps.directory, workspace: undefined });
  const systems = await deps.engines.list().catch(() => []);
  return systems.some((system) => system.workspace === workspace);
}

function renderChecks(checks: readonly Check[], colors: Colors): string {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red };
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .flatMap(({ name, status, found, fix }) => [
      `${paint[status](status.padEnd(4))}  ${name.padEnd(width)}  ${found}`,
      ...(fix === undefined ? [] : [`${' '.repeat(width + 8)}${colors.cyan('fix:')} ${fix}`]),
    ])
    .join('\n');
}
