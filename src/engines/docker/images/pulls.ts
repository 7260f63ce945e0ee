import { MsaError } from '../../../model/errors.ts';
import type { Work } from '../../../ports/engine.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { runDockerClient } from '../daemon/docker-client.ts';

/** Pulls images, each once however many instances wait for it. */
export interface Pulls {
  readonly pull: (image: string, work: Pick<Work, 'report' | 'signal'>) => Promise<void>;
}

export function createPulls({ host }: Daemon, env: Readonly<Record<string, string | undefined>>): Pulls {
  const pulling = new Map<string, Promise<void>>();
  return {
    pull: (image, { report, signal }) => {
      const pull = async (): Promise<void> => {
        const argv = ['pull', image];
        const { succeeded, lines } = await runDockerClient(host, env, { argv, onLine: report, signal });
        if (succeeded) return;
        throw new MsaError(
          'MSA_ENGINE_FAILED',
          `the image ${image} cannot be pulled: ${lines.at(-1) ?? 'no reason given'}`,
          {
            hint: `See whether it works by hand: docker pull ${image}`,
          },
        );
      };
      const under = pulling.get(image) ?? pull();
      pulling.set(image, under);
      return under;
    },
  };
}
