import { verifyPipelines, type Difference } from '../../app/delivery/pipeline/verify-pipelines.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { generatorOf } from '../generator-of.ts';

/** Says whether the generated pipelines are what msa.yaml says now. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const pipelines = opened.workspace.delivery?.pipelines ?? [];
  if (pipelines.length === 0) {
    throw new MsaError('MSA_USAGE', 'msa.yaml names no pipelines to verify', { hint: 'msa new workflow github' });
  }
  const differences = await verifyPipelines(generatorOf(deps), opened);
  const isStrict = isSet(input, 'strict');
  const failing = differences.filter(({ kind }) => isStrict || kind !== 'edited');
  const result = { data: { pipelines, differences, current: failing.length === 0 }, text: render(differences) };
  if (failing.length === 0) return result;
  const failure = new MsaError('MSA_PIPELINE_OUTDATED', 'the pipelines are not what msa.yaml says', {
    details: failing.map(({ kind, path }) => `${path} is ${kind}`),
    hint: 'msa upgrade brings them up to date and keeps your edits; then commit them.',
  });
  return { ...result, failure };
}

function render(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The pipelines are what msa.yaml says.';
  return differences.map(({ kind, path }) => `${kind.padEnd(8)} ${path}`).join('\n');
}
