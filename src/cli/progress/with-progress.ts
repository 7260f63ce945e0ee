import type { SystemDeps } from '../../app/system/system-deps.ts';
import { platformVersion } from '../../io/platform-version.ts';
import type { Deps } from '../deps.ts';
import { createProgress } from './create-progress.ts';

/** Runs a use case that changes a system, and shows its progress. */
export async function withProgress<Result>(deps: Deps, work: (system: SystemDeps) => Promise<Result>): Promise<Result> {
  const progress = createProgress(deps);
  try {
    return await work({
      ...deps,
      platformVersion: platformVersion(deps.programsDirectory, deps.version),
      report: progress.report,
    });
  } finally {
    await progress.finish();
  }
}
