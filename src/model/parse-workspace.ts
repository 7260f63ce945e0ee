import { defaultWorkspace } from './default-workspace.ts';
import { explainIssue } from './schema/explain-issue.ts';
import { createLineLookup, createSourceMap, type SourceMap } from './yaml/locate.ts';
import { formatPath, type Finding, type Problem } from './problem.ts';
import { readDocument } from './yaml/read-document.ts';
import { parsePlainWorkspace } from './parse-plain-workspace.ts';
import { relationProblems } from './relation-problems.ts';
import { workspaceSchema } from './schema/workspace-schema.ts';
import type { Workspace } from './workspace.ts';

export type ParsedWorkspace =
  | { readonly ok: true; readonly workspace: Workspace }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Parses `msa.yaml`: read, check against the schema, check what relates keys to each other, apply defaults. Gives
 * either a complete workspace or every problem of the file in the order of its lines; never throws on any text.
 * Facts outside the file, such as whether a folder exists, are not looked at.
 */
export function parseWorkspace(text: string, { file }: { readonly file: string }): ParsedWorkspace {
  // Editors count neither the byte order mark nor, since the mark is cut off here, do we.
  const yaml = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const plain = parsePlainWorkspace(yaml);
  if (plain !== undefined) return { ok: true, workspace: plain };
  const position = createLineLookup(yaml);
  const reading = readDocument(yaml);
  if (!reading.ok) {
    const problems = reading.problems.map(({ offset, ...rest }) => ({ file, ...position(offset), path: '', ...rest }));
    return invalid(problems);
  }
  const { value, sourceMap, findings, complete } = reading.document;
  const locator = { file, sourceMap, position };
  if (!complete) return invalid(findings.map((finding) => locate(finding, locator)));
  const shape = workspaceSchema.safeParse(value);
  const unreadable = new Set(findings.filter((finding) => finding.unreadable).map(({ path }) => formatPath(path)));
  const shapeFindings = (shape.error?.issues ?? [])
    .flatMap((issue) => explainIssue(issue, value))
    .filter(({ path }) => !unreadable.has(formatPath(path)));
  const all = [...findings, ...shapeFindings, ...relationProblems(value)];
  if (shape.success && all.length === 0) {
    return { ok: true, workspace: defaultWorkspace(shape.data, (path) => sourceMap.entry(path)?.source) };
  }
  return invalid(all.map((finding) => locate(finding, locator)));
}

/** A problem of a valid file that only shows outside of it, at its place in the text. */
export function problemAt(text: string, { file }: { readonly file: string }, finding: Finding): Problem {
  const reading = readDocument(text);
  const sourceMap = reading.ok ? reading.document.sourceMap : createSourceMap(new Map());
  return locate(finding, { file, sourceMap, position: createLineLookup(text) });
}

interface Locator {
  readonly file: string;
  readonly sourceMap: SourceMap;
  readonly position: ReturnType<typeof createLineLookup>;
}

function locate(
  { path, at = 'value', message, hint, other }: Finding,
  { file, sourceMap, position }: Locator,
): Problem {
  const offset = typeof at === 'number' ? at : sourceMap.offset(path, at);
  const otherOffset = typeof other === 'object' ? sourceMap.offset(other, 'key') : other;
  const otherPlace = otherOffset === undefined ? undefined : position(otherOffset);
  return {
    file,
    ...position(offset),
    path: formatPath(path),
    message: otherPlace === undefined ? message : `${message} The other is in line ${otherPlace.line}.`,
    ...(hint === undefined ? {} : { hint }),
  };
}

function invalid(problems: readonly Problem[]): ParsedWorkspace {
  // The sort is stable, so that problems of one place keep the order of the checks.
  const [first, ...rest] = problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
  if (first === undefined) throw new Error('A workspace is invalid only if something is wrong with it.');
  return { ok: false, problems: [first, ...rest] };
}
