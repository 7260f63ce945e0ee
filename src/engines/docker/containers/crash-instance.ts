import { MsaError } from '../../../model/errors.ts';
import { helperImage } from '../images/helper-image.ts';
import type { Session } from '../session.ts';
import { runHelper } from './helper-container.ts';
import { requireContainer } from './require-container.ts';

/**
 * Kills all that runs in a container but its init. That is a crash to Docker, which starts it again; `docker kill` would
 * be a stop by hand, which it respects. Done from a container of ours in the same process namespace, because the target's
 * image need not have anything to do it with.
 */
export async function crashInstance(session: Session, instance: string): Promise<void> {
  const { daemon, place } = session;
  const target = await requireContainer(daemon, place.workspace, instance);
  const exitCode = await runHelper(daemon, {
    script: "process.kill(-1, 'SIGKILL')",
    image: await helperImage(session),
    workspace: place.workspace,
    // Programs run as whatever user; to kill them all it takes root with this one capability.
    host: { PidMode: `container:${target.containerId}`, NetworkMode: 'none', CapAdd: ['KILL'] },
  });
  // With its init gone the target's namespace ends, and takes the helper along.
  if (exitCode === 0 || exitCode === killedCode) return;
  throw new MsaError('MSA_ENGINE_FAILED', `nothing of ${instance} could be killed`, {
    hint: 'See whether it runs: msa ps',
  });
}

const killedCode = 137;
