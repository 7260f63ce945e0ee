import { findAffected, type AffectedReport } from '../../app/delivery/affected/find-affected.ts';
import type { Affected } from '../../delivery/affected/affected.ts';
import { affectedFormats } from '../../delivery/affected/formats.ts';
import { renderGithub, renderNames } from '../../delivery/affected/render-affected.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, textArguments, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import type { Colors } from '../terminal/colors.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { renderTable } from '../terminal/table.ts';

/** Shows what a range of commits touches, for people and for the pipelines. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const [range] = textArguments(input, 0);
  const all = isSet(input, 'all');
  if (all && range !== undefined) {
    throw new MsaError('MSA_USAGE', '--all takes everything as changed, so there is no range to be given', {
      hint: 'msa affected --all',
    });
  }
  const format = formatOf(input, deps);
  const publish = isSet(input, 'publish');
  if (publish && format !== 'gitlab') {
    throw new MsaError('MSA_USAGE', '--publish is about jobs of a pipeline for GitLab, which are not asked for', {
      hint: 'msa affected --format gitlab --publish',
    });
  }
  const report = await findAffected(deps, { range, all });
  if (format === 'text') return { data: describe(report.affected), text: renderText(report, deps.colors) };
  write(await render(report, { format, publish }), deps);
  return { data: undefined, text: '' };
}

type Format = (typeof affectedFormats)[number];

function formatOf(input: CommandInput, { output }: Deps): Format {
  const wanted = textOption(input, 'format');
  const format = affectedFormats.find((known) => known === wanted) ?? 'text';
  if (!output.json || format === 'text' || format === 'json') return output.json ? 'text' : format;
  throw new MsaError('MSA_USAGE', `--json and --format ${format} ask for two different things`, {
    hint: `msa affected --format ${format}`,
  });
}

async function render(
  report: AffectedReport,
  { format, publish }: { readonly format: Exclude<Format, 'text'>; readonly publish: boolean },
): Promise<string> {
  if (format === 'json') return `${plainJson(describe(report.affected))}\n`;
  if (format === 'names') return renderNames(report.affected);
  const stacks = await report.stacks();
  if (format === 'github') return renderGithub(report.affected, stacks.all);
  const { describePipeline } = await import('../../delivery/pipeline/pipeline.ts');
  const { renderChildPipeline } = await import('../../delivery/gitlab/child-pipeline.ts');
  return renderChildPipeline(report.affected, describePipeline(await report.workspace(), stacks), { publish });
}

/** What reads it gets every byte as it is; a terminal gets no characters that act on it. */
function write(text: string, { output }: Deps): void {
  if (output.isTerminal) output.line(text.trimEnd());
  else output.bytes(Buffer.from(text));
}

/** With `null` where the type says undefined: a key that is always there is easier to read for a program. */
function describe({ range: { from, to }, services, system }: Affected): object {
  return { range: { from: from ?? null, to: to ?? null }, services, system };
}

function renderText({ affected, outline }: AffectedReport, colors: Colors): string {
  const { services, system } = affected;
  const title = `${services.length} of ${outline.services.length} services affected: ${rangeWords(affected)}`;
  const rows = services.map(({ name, stack, reasons }) => [colors.bold(name), stack, reasonWords(reasons)]);
  return [
    title,
    ...(rows.length === 0 ? [] : ['', renderTable(['SERVICE', 'STACK', 'BECAUSE OF'], rows, colors)]),
    ...(system.length === 0 ? [] : ['', `System test: ${system.join(', ')}`]),
  ].join('\n');
}

function rangeWords({ range: { from, to } }: Affected): string {
  if (from === undefined) return 'everything counts as changed';
  return to === undefined ? `what changed since ${short(from)}` : `what changed from ${short(from)} to ${short(to)}`;
}

function short(commit: string): string {
  return commit.slice(0, 10);
}

function reasonWords([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first}; ${others.slice(0, 2).join('; ')}${others.length > 2 ? '; …' : ''}`;
}
