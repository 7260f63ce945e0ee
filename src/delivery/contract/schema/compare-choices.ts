import { canonicalJson } from '../../../model/canonical-json.ts';
import { memberOf, resolve } from '../document.ts';
import type { Choice } from './flat-schema.ts';
import type { SchemaStep } from './node.ts';
import { placeOf, type Difference, type End, type Pair } from './pair.ts';
import { showTypes, typesOf } from './views.ts';

interface Choices {
  readonly differences: readonly Difference[];
  readonly children: readonly SchemaStep[];
  /** True when nothing but the alternatives is to be compared: one end is a single schema, the other a choice. */
  readonly isAll: boolean;
}

const none: Choices = { differences: [], children: [], isAll: false };

/** Alternatives of `anyOf` and `oneOf`: which stay, come and go. */
export function compareChoices(pair: Pair): Choices {
  const from = pair.from.flat.choices;
  const to = pair.to.flat.choices;
  const [before] = from;
  const [after] = to;
  if (before === undefined && after === undefined) return none;
  if (from.length > 1 || to.length > 1) return compareTexts(pair, from, to);
  if (before === undefined && isSingle(pair.from)) {
    return { ...compareBranches(pair, [pair.from.schema], after?.branches ?? []), isAll: true };
  }
  if (after === undefined && isSingle(pair.to)) {
    return { ...compareBranches(pair, before?.branches ?? [], [pair.to.schema]), isAll: true };
  }
  if (before === undefined || after === undefined) return compareTexts(pair, from, to);
  const compared = compareBranches(pair, before.branches, after.branches);
  return { ...compared, differences: [...compared.differences, ...compareKinds(pair, before, after)], isAll: false };
}

/** Whether a schema can be one alternative of what the other end chooses between. */
function isSingle({ flat }: End): boolean {
  return flat.choices.length === 0 && flat.parts.length > 0;
}

function compareKinds(pair: Pair, from: Choice, to: Choice): readonly Difference[] {
  if (from.kind === to.kind) return [];
  const message = to.kind === 'oneOf' ? 'anyOf became oneOf' : 'oneOf became anyOf';
  return [
    { family: 'schema', effect: to.kind === 'oneOf' ? 'narrowed' : 'widened', message, at: placeOf(pair, to.kind) },
  ];
}

/** Several choices at once are only told apart, not weighed. */
function compareTexts(pair: Pair, from: readonly Choice[], to: readonly Choice[]): Choices {
  const before = new Set(textsOf(from));
  const after = new Set(textsOf(to));
  const isMore = [...before].every((text) => after.has(text));
  const isLess = [...after].every((text) => before.has(text));
  if (isMore && isLess) return none;
  const effect = isMore ? 'narrowed' : isLess ? 'widened' : 'changed';
  const message = isMore ? 'one more choice to fit' : isLess ? 'one choice less to fit' : 'other alternatives';
  const [{ kind } = { kind: 'anyOf' as const }] = to.length > 0 ? to : from;
  return { differences: [{ family: 'schema', effect, message, at: placeOf(pair, kind) }], children: [], isAll: false };
}

function textsOf(choices: readonly Choice[]): readonly string[] {
  return choices.map(({ kind, branches }) => canonicalJson({ [kind]: branches }));
}

interface Matched {
  readonly from: unknown;
  readonly to: unknown;
}

function compareBranches(pair: Pair, from: readonly unknown[], to: readonly unknown[]): Omit<Choices, 'isAll'> {
  const { matched, gone, added } = match(pair, from, to);
  const key = pair.to.flat.choices[0]?.kind ?? pair.from.flat.choices[0]?.kind ?? 'anyOf';
  const at = placeOf(pair, key);
  const told = (end: End, branches: readonly unknown[], effect: 'narrowed' | 'widened'): readonly Difference[] =>
    branches.map((branch) => ({
      family: 'schema',
      effect,
      message: `${effect === 'narrowed' ? 'no longer' : 'also'} ${showBranch(end, branch)}`,
      at,
    }));
  return {
    differences: [...told(pair.from, gone, 'narrowed'), ...told(pair.to, added, 'widened')],
    children: matched.map((each) => ({ segment: '', ...each })),
  };
}

function showBranch({ flattener }: End, branch: unknown): string {
  const name = nameOfBranch(branch);
  return name ?? showTypes(typesOf(flattener.flatten(branch)));
}

function nameOfBranch(branch: unknown): string | undefined {
  const reference = memberOf(branch, '$ref');
  const title = memberOf(branch, 'title');
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1);
  return typeof title === 'string' && title !== '' ? title : undefined;
}

/** Finds for each alternative the one it was: by its name, by being equal, then by its types. */
function match(
  pair: Pair,
  from: readonly unknown[],
  to: readonly unknown[],
): { readonly matched: readonly Matched[]; readonly gone: readonly unknown[]; readonly added: readonly unknown[] } {
  const matched: Matched[] = [];
  let gone = from;
  let added = to;
  const pairUp = (keyOf: (end: End, branch: unknown) => string | undefined): void => {
    const free = [...added];
    gone = gone.filter((branch) => {
      const key = keyOf(pair.from, branch);
      const index = key === undefined ? -1 : free.findIndex((other) => keyOf(pair.to, other) === key);
      if (index === -1) return true;
      matched.push({ from: branch, to: free[index] });
      free.splice(index, 1);
      return false;
    });
    added = free;
  };
  pairUp((_end, branch) => nameOfBranch(branch));
  pairUp(({ flattener }, branch) => canonicalJson(resolve(flattener.document, branch)));
  pairUp(({ flattener }, branch) => showTypes(typesOf(flattener.flatten(branch))));
  return { matched, gone, added };
}
