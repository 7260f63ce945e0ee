import type { Operation } from '../../plan/operation.ts';
import type { Work } from '../../ports/engine.ts';
import { closeWorkspace } from './close-workspace.ts';
import { startInstance } from './containers/start-instance.ts';
import { stopInstance } from './containers/stop-instance.ts';
import { buildImage } from './images/obtain-image.ts';
import { openNetwork } from './network/open-network.ts';
import { beginningOf, type Session } from './session.ts';

/** Carries out one operation of a plan. */
export async function performInDocker(session: Session, operation: Operation, work: Work): Promise<void> {
  work.signal.throwIfAborted();
  switch (operation.kind) {
    case 'open':
      return openNetwork(session);
    case 'build':
      return buildImage(session, operation.unit, work);
    case 'start':
      return startInstance(session, operation, work);
    case 'publish': {
      const { table } = await beginningOf(session);
      return session.publisher.publish(work.desired.system, table.rows, work.signal);
    }
    case 'stop':
      return stopInstance(session, operation.instance, work);
    case 'close':
      return closeWorkspace(session, operation);
    case 'await':
      throw new Error('waiting is not an engine’s work');
  }
}
