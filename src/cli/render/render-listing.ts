import type { ListedInstance, SystemListing } from '../../app/system/list-system.ts';
import type { SystemOnMachine } from '../../ports/engine.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

interface Paper {
  /** Of the workspace. */
  readonly name: string;
  readonly now: Date;
  readonly colors: Colors;
}

/** So many restarts are no accident any more. */
const loopRestarts = 3;

/** The instances of a system as a table, and below it what keeps crashing. */
export function renderListing({ engine, url, instances }: SystemListing, { name, now, colors }: Paper): string {
  if (engine === null) return `${name} does not run. Start it with msa up.`;
  const where = engine === 'docker' ? 'in Docker' : 'as processes';
  if (instances.length === 0) return `${name} does not run, but something of it is left ${where}. msa down removes it.`;
  const hasProcesses = instances.some(({ pid }) => pid !== null);
  const rows = instances.map((instance) => [
    instance.id,
    renderState(instance, colors),
    renderHealth(instance, colors),
    String(instance.restarts),
    instance.startedAt === null ? '' : renderAge(now.getTime() - new Date(instance.startedAt).getTime()),
    instance.published ?? `${instance.address}:${instance.port}`,
    ...(hasProcesses ? [String(instance.pid ?? '')] : []),
  ]);
  const headings = ['INSTANCE', 'STATE', 'HEALTH', 'RESTARTS', 'AGE', 'ADDRESS', ...(hasProcesses ? ['PID'] : [])];
  return [
    `${name} runs ${where}${url === null ? '' : `, at ${colors.bold(url)}`}`,
    '',
    renderTable(headings, rows, colors),
    ...instances.filter((instance) => isLooping(instance)).map((instance) => renderLoop(instance, colors)),
  ].join('\n');
}

/** Every system on the machine. */
export function renderMachine(
  systems: readonly (SystemOnMachine & { readonly isVanished: boolean })[],
  colors: Colors,
): string {
  if (systems.length === 0) return 'No system of msa runs on this machine.';
  const rows = systems.map(({ workspace, engine, instances, directory, isVanished }) => [
    workspace,
    engine,
    String(instances),
    isVanished ? `${directory} ${colors.red('(vanished)')}` : directory,
  ]);
  return renderTable(['WORKSPACE', 'ENGINE', 'INSTANCES', 'DIRECTORY'], rows, colors);
}

function renderState({ state, exitCode }: ListedInstance, colors: Colors): string {
  if (state === 'running') return colors.green(state);
  if (state === 'starting') return colors.yellow(state);
  const text = state === 'gone' ? 'ended' : state;
  return colors.red(exitCode === null ? text : `${text} (${exitCode})`);
}

function renderHealth({ status, problem }: ListedInstance, colors: Colors): string {
  if (status === null) return '';
  if (status === 'up') return colors.green(status);
  const paint = status === 'down' ? colors.red : colors.yellow;
  return `${paint(status)}${problem === '' ? '' : `: ${problem}`}`;
}

function isLooping({ state, restarts }: ListedInstance): boolean {
  return (state === 'restarting' || state === 'gone') && restarts >= loopRestarts;
}

function renderLoop({ id, restarts }: ListedInstance, colors: Colors): string {
  return `${colors.red(`${id} keeps crashing`)}: it was started again ${restarts} times. Its log: msa logs ${id}`;
}

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1000 },
] as const;

function renderAge(ageMs: number): string {
  const unit = units.find(({ ms }) => ageMs >= ms);
  return unit === undefined ? '0s' : `${Math.floor(ageMs / unit.ms)}${unit.name}`;
}
