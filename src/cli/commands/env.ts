import { findService } from '../../app/find-service.ts';
import { requireControl } from '../../app/operate/first-state.ts';
import { hostEnvironment, type HostEnvironment } from '../../app/operate/host-environment.ts';
import { environmentFormats, renderEnvironment } from '../../app/operate/render-environment.ts';
import { readEnvFiles } from '../../app/system/read-env-files.ts';
import type { Service, Workspace } from '../../model/workspace.ts';
import { serviceEnvironment } from '../../plan/service-environment.ts';
import type { LocateRequest } from '../../ports/engine.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { textArgument, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withRunning, type RunningWorkspace } from '../running.ts';

/** Prints the variables with which a service runs on this machine beside the system. Secrets included: that is the use. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const wanted = textOption(input, 'format');
  const format = environmentFormats.find((known) => known === wanted) ?? 'shell';
  return withRunning(deps, async (running) => {
    const service = findService(running.opened, textArgument(input, 0));
    const environment = await environmentOf(service, running, deps);
    const remarks = [...environment.remarks, ...(await unreachable(environment, deps))];
    const { variables } = environment;
    if (deps.output.json) return { data: { service: service.name, variables, remarks }, text: '' };
    for (const remark of remarks) deps.say(remark);
    write(renderEnvironment(variables, format), deps);
    return { data: undefined, text: '' };
  });
}

/** Whatever reads it gets every value as it is; a terminal gets no characters that act on it. */
function write(text: string, { output }: Deps): void {
  if (output.isTerminal) output.line(text);
  else output.bytes(Buffer.from(`${text}\n`));
}

async function environmentOf(
  service: Service,
  { engine, observation, opened }: RunningWorkspace,
  { files }: Deps,
): Promise<HostEnvironment> {
  const control = await requireControl(engine);
  const [locations, envFiles, system] = await Promise.all([
    engine.locate(whereverItIs(opened.workspace)),
    readEnvFiles(files, opened.root, [service]),
    control.system(),
  ]);
  return hostEnvironment(service, {
    engine: engine.kind,
    instances: observation.instances,
    given: serviceEnvironment(service, { locations, envFiles }),
    registryUrl: control.url,
    edges: system?.edges ?? [],
  });
}

/** Asks for nothing that would have to be free: the system has its places already. */
function whereverItIs({ gateway, services }: Workspace): LocateRequest {
  return {
    gatewayPort: 'auto',
    gatewayBind: gateway.bind,
    edges: services.flatMap(({ name, calls }) => calls.map((callee) => ({ caller: name, callee }))),
    databases: services.filter(({ store }) => store === 'postgres').map(({ name }) => name),
  };
}

const patienceMs = 500;

async function unreachable({ addresses }: HostEnvironment, { canConnect }: Deps): Promise<readonly string[]> {
  const tried = Object.entries(addresses).map(async ([name, { url, host, port }]) =>
    (await canConnect(host, port, patienceMs)) ? [] : [`${name}: nothing answers this machine at ${url}`],
  );
  return (await Promise.all(tried)).flat();
}
