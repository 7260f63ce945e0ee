import type { ContainerInspectInfo } from 'dockerode';

import { readFromHelper } from '../containers/helper-container.ts';
import { findContainer } from '../containers/require-container.ts';
import { inspectContainer, type ContainerFound } from '../containers/snapshot.ts';
import { helperImage } from '../images/helper-image.ts';
import { readLastLines } from '../logs/logs.ts';
import type { Session } from '../session.ts';
import { describeEnd, describeListening } from './describe-trouble.ts';

/** Why an instance is not healthy, most telling first. */
export async function diagnoseInstance(session: Session, instance: string): Promise<readonly string[]> {
  const { daemon, place } = session;
  const container = await findContainer(daemon, place.workspace, instance);
  const details = await inspectContainer(daemon, container.containerId);
  if (details === undefined) return [`${instance} is gone`];
  const [seen, log] = await Promise.all([lookAt(session, container, details), readLastLines(session, container)]);
  return [...seen, ...complaintsIn(log)];
}

async function lookAt(
  session: Session,
  container: ContainerFound,
  details: ContainerInspectInfo,
): Promise<readonly string[]> {
  const ended = describeEnd(details.State, details.RestartCount, details.HostConfig.Memory ?? 0);
  if (ended.length > 0 || !details.State.Running) return ended;
  const tables = await readSocketTables(session, container);
  return tables === undefined ? [] : describeListening(tables, container.port);
}

/** The container's own tables of sockets; undefined when it ended meanwhile. */
async function readSocketTables(session: Session, { containerId }: ContainerFound): Promise<string | undefined> {
  return readFromHelper(session.daemon, {
    script: `for (const name of ['tcp', 'tcp6'])
      try { process.stdout.write(require('fs').readFileSync('/proc/net/' + name)) } catch {}`,
    image: await helperImage(session),
    workspace: session.place.workspace,
    host: { NetworkMode: `container:${containerId}` },
  });
}

function complaintsIn(lines: readonly string[]): readonly string[] {
  const refused = lines.some((line) => /EROFS|read-only file system/i.test(line));
  return refused ? ['it tried to write to its file system, of which only /tmp can be written'] : [];
}
