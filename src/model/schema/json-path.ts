/** For editors; what exactly is wrong says jsonPathProblem. */
export const jsonPathPattern = /^[^\s]{1,200}$/;

const maxSteps = 16;
const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a place in a JSON document: `/items/0/id` as RFC 6901 has it, or the same with dots, `items.0.id`. `*` is every
 * item of a list.
 */
export function readJsonPath(text: string): readonly string[] {
  if (!text.startsWith('/')) return text.split('.');
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Says what keeps a text from being such a place, as the rest of a sentence; undefined when nothing. */
export function jsonPathProblem(text: string): string | undefined {
  if (!jsonPathPattern.test(text)) return 'must be a place in a JSON document, such as `/items/0/id` or `items.0.id`';
  const steps = readJsonPath(text);
  if (/~(?![01])/.test(text) && text.startsWith('/')) return 'must write `~` as `~0` and `/` as `~1` within a name';
  if (steps.includes('')) return 'must have no empty parts';
  if (steps.length > maxSteps) return `must have at most ${maxSteps} parts`;
  if (steps.some((step) => refusedNames.has(step)))
    return 'must name no `__proto__`, `constructor` or `prototype`, which mean something else in JavaScript';
  return undefined;
}

/** A place that can be moved to another: both have the same parts as far as the last `*`. */
export function moveProblem(from: string, to: string): string | undefined {
  const [source, goal] = [readJsonPath(from), readJsonPath(to)];
  const common = source.lastIndexOf('*') + 1;
  const same = source.slice(0, common).join('\n') === goal.slice(0, common).join('\n');
  if (!same || goal.lastIndexOf('*') >= common) return 'must stay in the same item: both sides go through the same `*`';
  return source.at(-1) === '*' ? 'must end with a name' : undefined;
}
