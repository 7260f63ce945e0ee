import type { Place } from '../../ports/engine.ts';
import type { Engines } from '../../ports/engines.ts';

/**
 * What was started from this folder while the workspace had another name, as sentences: the name is part of what tells
 * systems apart, so nobody would find them by the new one.
 */
export async function formerSystems(engines: Engines, { root, workspace }: Place): Promise<readonly string[]> {
  // A remark is worth no failure of what it is added to.
  const systems = await engines.list().catch(() => []);
  const former = systems.filter((system) => system.directory === root && system.workspace !== workspace);
  return [...new Set(former.map((system) => system.workspace))].map(
    (id) => `Of this folder there is also ${id}, from when it had that name: msa down --workspace ${id}`,
  );
}
