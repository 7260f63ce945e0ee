import { asMapping } from '../../../model/yaml/mapping.ts';
import { limits, resolve, unreadable, type ContractDocument } from '../document.ts';
import { compareChoices } from './compare-choices.ts';
import { compareKeywords } from './compare-keywords.ts';
import { compareMembers } from './compare-members.ts';
import { Flattener, saysNothingElse, type FlatSchema } from './flat-schema.ts';
import type { SchemaChange, SchemaNode, SchemaStep } from './node.ts';
import { isBreaking, placeOf, type Difference, type Direction, type Pair } from './pair.ts';
import { showTypes, typesOf } from './views.ts';

/** A change with the name of its place below where the walk began: `.items[]`. */
interface PlacedChange {
  readonly path: string;
  readonly change: SchemaChange;
}

/**
 * The schemas of two documents, pair by pair. Each pair is compared once, however many operations lead to it, and
 * schemas that contain themselves end where they begin.
 */
export class SchemaGraph {
  private readonly from: Flattener;
  private readonly to: Flattener;
  private readonly nodes = {
    request: new Map<unknown, Map<unknown, SchemaNode>>(),
    response: new Map<unknown, Map<unknown, SchemaNode>>(),
  };
  private readonly steps = new Map<SchemaStep, SchemaNode>();
  /** Nodes at and below which nothing differs. */
  private readonly quiet = new Set<SchemaNode>();
  private pairs = 0;
  private visits = 0;

  constructor(from: ContractDocument, to: ContractDocument) {
    this.from = new Flattener(from);
    this.to = new Flattener(to);
  }

  /** Every change at and below a pair of schemas, those nearest to it first. */
  compare({ from, to }: Pick<SchemaStep, 'from' | 'to'>, direction: Direction): readonly PlacedChange[] {
    const found: PlacedChange[] = [];
    const seen = new Set<SchemaNode>();
    let level = [{ path: '', node: this.node({ from, to }, direction) }];
    while (level.length > 0) {
      const next: typeof level = [];
      for (const { path, node } of level) {
        if (seen.has(node) || this.quiet.has(node)) continue;
        seen.add(node);
        this.visits += 1;
        if (this.visits > limits.visits) throw this.tooMuch();
        found.push(...node.changes.map((change) => ({ path, change })));
        next.push(
          ...node.children.map((step) => ({ path: `${path}${step.segment}`, node: this.below(step, direction) })),
        );
      }
      level = next;
    }
    if (found.length === 0) for (const node of seen) this.quiet.add(node);
    return found;
  }

  /** The same as `node`, found once for each step. */
  private below(step: SchemaStep, direction: Direction): SchemaNode {
    const known = this.steps.get(step);
    if (known !== undefined) return known;
    const node = this.node(step, direction);
    this.steps.set(step, node);
    return node;
  }

  private node(step: Pick<SchemaStep, 'from' | 'to'>, direction: Direction): SchemaNode {
    const from = simple(this.from.document, step.from);
    const to = simple(this.to.document, step.to);
    const row = this.nodes[direction].get(from) ?? new Map<unknown, SchemaNode>();
    this.nodes[direction].set(from, row);
    const known = row.get(to);
    if (known !== undefined) return known;
    this.pairs += 1;
    if (this.pairs > limits.pairs) throw this.tooMuch();
    const node = expand({
      from: { flattener: this.from, schema: from, flat: this.from.flatten(from) },
      to: { flattener: this.to, schema: to, flat: this.to.flatten(to) },
      direction,
    });
    row.set(to, node);
    return node;
  }

  private tooMuch(): Error {
    return unreadable(this.to.document.name, 'its schemas refer to each other in too many ways');
  }
}

/** What a bare reference leads to, so that the same schema is the same pair wherever it is referred to. */
function simple(document: ContractDocument, schema: unknown): unknown {
  const mapping = asMapping(schema);
  if (mapping === undefined) return schema !== false;
  const isBare = Object.hasOwn(mapping, '$ref') && (document.version === '3.0' || Object.keys(mapping).length === 1);
  if (!isBare) return mapping;
  const found = resolve(document, mapping);
  return asMapping(found) ?? found !== false;
}

function expand(pair: Pair): SchemaNode {
  const whole = compareWhole(pair);
  if (whole !== undefined) return { pair, changes: whole.map((each) => changeOf(pair, each)), children: [] };
  const choices = compareChoices(pair);
  const chosen = choices.differences.map((each) => changeOf(pair, each));
  if (choices.isAll) return { pair, changes: chosen, children: choices.children };
  const keywords = compareKeywords(pair);
  const isOther = keywords.some(({ family, effect }) => family === 'type' && effect === 'changed');
  const members = isOther ? { changes: [], children: [] } : compareMembers(pair);
  return {
    pair,
    changes: [...keywords.map((each) => changeOf(pair, each)), ...members.changes, ...chosen],
    children: [...members.children, ...choices.children],
  };
}

/** One end says nothing at all, or that nothing fits: what the other end says in detail does not matter. */
function compareWhole(pair: Pair): readonly Difference[] | undefined {
  const from = pair.from.flat;
  const to = pair.to.flat;
  if (from.never && to.never) return [];
  const effect = to.never || saysNothing(from) ? 'narrowed' : from.never || saysNothing(to) ? 'widened' : undefined;
  if (effect === undefined) return undefined;
  if (saysNothing(from) && saysNothing(to)) return [];
  const show = (flat: FlatSchema): string => (saysNothing(flat) ? 'any' : describe(flat));
  return [{ family: 'type', effect, message: `type ${show(from)} became ${show(to)}`, at: placeOf(pair, 'type') }];
}

function saysNothing({ never, parts, choices }: FlatSchema): boolean {
  return !never && choices.length === 0 && parts.every((part) => saysNothingElse(part));
}

function describe(flat: FlatSchema): string {
  const types = typesOf(flat);
  return types === undefined ? 'one with conditions' : showTypes(types);
}

function changeOf(pair: Pair, { family, effect, message, at }: Difference): SchemaChange {
  const { direction } = pair;
  const breaking = isBreaking(direction, effect);
  const eased = effect === 'narrowed' ? 'tightened' : 'eased';
  const rule =
    direction === 'request' ? (`request-${family}-narrowed` as const) : (`response-${family}-widened` as const);
  return { rule: breaking ? rule : eased, breaking, at, property: undefined, kind: 'keyword', text: message };
}
