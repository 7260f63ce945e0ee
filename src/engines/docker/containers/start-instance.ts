import { MsaError } from '../../../model/errors.ts';
import type { Unit } from '../../../plan/desired.ts';
import type { Work } from '../../../ports/engine.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { statusOf, wordsOf } from '../daemon/daemon-error.ts';
import { readyImageUser } from '../images/obtain-image.ts';
import { chooseAutoPort, chooseRegistryPort, portTaken, saysPortTaken } from '../network/ports.ts';
import { freeAddress, parseSubnet, platformAddress, type Subnet } from '../network/subnet.ts';
import { beginningOf, type Session } from '../session.ts';
import { containerOptions, type ContainerSpec } from './container-spec.ts';
import { removeContainer } from './containers.ts';
import { ensureDatabase } from './databases.ts';
import { giveCertificate } from './give-certificate.ts';
import { labels } from './labels.ts';
import { findNetwork, inspectContainer, type Published } from './snapshot.ts';

interface Start {
  readonly unit: Unit;
  readonly index: number;
}

/** Creates the container of an instance and starts it. */
export async function startInstance(session: Session, { unit, index }: Start, work: Work): Promise<void> {
  const instance = `${unit.name}-${index}`;
  const [{ table, token }, subnet] = await Promise.all([beginningOf(session), subnetOf(session)]);
  const address = table.add(instance, unit, (taken) => chooseAddress(subnet, unit, taken));
  try {
    const imageUser = await readyImageUser(session, unit, work);
    await ensureDatabase(session, unit, work);
    const published = await publishedFor(session, unit);
    work.signal.throwIfAborted();
    const { place, images, options } = session;
    const image = images.nameOf(unit);
    const spec = { place, unit, index, image, imageUser, address, published, token, version: options.version };
    await runContainer(session, spec).catch((error: unknown) => runElsewhere(session, spec, error));
  } catch (error) {
    table.remove(instance);
    throw error;
  }
  if (unit.role === 'registry') session.publisher.forget();
  else await session.publisher.pushIfPublished(table.rows);
}

/** As decided by `locate`, or, where it was not asked, as the network that stands has it. */
async function subnetOf({ daemon, place, located }: Session): Promise<Subnet> {
  const subnet = located?.subnet ?? parseSubnet((await findNetwork(daemon, place.workspace))?.subnet ?? '');
  if (subnet !== undefined) return subnet;
  throw new MsaError('MSA_ENGINE_FAILED', `the network ${place.workspace} is gone`, { hint: 'Make it again: msa up' });
}

function chooseAddress(subnet: Subnet, { role }: Unit, taken: ReadonlySet<string>): string {
  if (role !== 'service') return platformAddress(subnet, role);
  const address = freeAddress(subnet, taken);
  if (address !== undefined) return address;
  throw new MsaError('MSA_ENGINE_FAILED', `all ${taken.size} addresses of the network are taken`, {
    hint: 'Run fewer instances: msa scale <service>=<n>',
  });
}

/** Where an instance is reached from the machine; undefined for all but gateway and registry. */
async function publishedFor(session: Session, { role }: Unit): Promise<Published | undefined> {
  if (role !== 'gateway' && role !== 'registry') return undefined;
  const { containers } = await beginningOf(session);
  const before = containers.find((container) => container.role === role)?.published;
  if (role === 'gateway') return session.located?.gateway ?? before;
  return { bind: '127.0.0.1', port: await chooseRegistryPort(session.daemon, session.place.workspace, before?.port) };
}

/** The registry's port may be taken by another workspace's between the look and the start: then it takes another. */
async function runElsewhere(session: Session, spec: ContainerSpec, error: unknown): Promise<void> {
  const taken = error instanceof MsaError && error.code === 'MSA_PORT_TAKEN';
  if (!taken || spec.unit.role !== 'registry' || spec.published === undefined) throw error;
  const port = await chooseAutoPort(session.daemon, `registry of ${session.place.workspace}`);
  await runContainer(session, { ...spec, published: { ...spec.published, port } });
}

async function runContainer({ daemon, place }: Session, spec: ContainerSpec): Promise<void> {
  const { name, ...body } = containerOptions(spec);
  const doing = `start ${spec.unit.name}-${spec.index}`;
  const create = async (): Promise<string> => {
    const made = await daemon.send<{ Id: string }>('POST', '/containers/create', { doing, query: { name }, body });
    return made?.Id ?? name;
  };
  const containerId = await create().catch(async (error: unknown) => {
    if (statusOf(error) !== 409) throw error;
    await removeLeftover(daemon, place.workspace, name);
    return create();
  });
  try {
    await giveCertificate(daemon, containerId, spec.unit);
    await daemon.send('POST', `/containers/${containerId}/start`, { doing });
  } catch (error) {
    // Created and never started, it would only stand in the way of the next try.
    await removeContainer(daemon, containerId);
    if (spec.published !== undefined && saysPortTaken(wordsOf(error)))
      throw await portTaken(daemon, spec.published.port);
    throw error;
  }
}

/** One of ours that has the name of a container already is what a run before left. */
async function removeLeftover(daemon: Daemon, workspace: string, name: string): Promise<void> {
  const left = await inspectContainer(daemon, name);
  if (left?.Config.Labels[labels.workspace] === workspace) await removeContainer(daemon, left.Id);
}
