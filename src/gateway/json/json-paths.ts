/** Steps from the root of a document: names of members, indexes, and `*` for every item of a list. */
export type JsonSteps = readonly string[];

/** Names that are something else in JavaScript than a member of an object. */
export const prototypeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type Container = unknown[] | Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value);
}

/** The value at a path without `*`; undefined when there is none. */
export function valueAt(root: unknown, steps: JsonSteps): unknown {
  let value = root;
  for (const step of steps) {
    if (!isContainer(value)) return undefined;
    value = memberOf(value, step);
  }
  return value;
}

/** Calls with every object and list that a path leads to. */
function eachAt(root: unknown, steps: JsonSteps, visit: (node: Container) => void): void {
  if (!isContainer(root)) return;
  const [step, ...rest] = steps;
  if (step === undefined) return visit(root);
  if (step !== '*') return eachAt(memberOf(root, step), rest, visit);
  if (Array.isArray(root)) for (const item of root) eachAt(item, rest, visit);
}

/** Takes away what a path leads to. */
export function removeAt(root: unknown, steps: JsonSteps): void {
  const last = steps.at(-1);
  if (last !== undefined) eachAt(root, steps.slice(0, -1), (node) => removeMember(node, last));
}

/** Sets a member, with the objects on the way to it that are missing. What is no object is left as it is. */
export function setAt(root: unknown, steps: JsonSteps, value: unknown): void {
  const star = steps.lastIndexOf('*');
  // What is set must not be shared by two documents, or two places of one.
  const own = (): unknown => (isContainer(value) ? structuredClone(value) : value);
  eachAt(root, steps.slice(0, star + 1), (node) => putBelow(node, steps.slice(star + 1), own()));
}

interface Move {
  readonly from: JsonSteps;
  /** With the same steps as `from` as far as its last `*`. */
  readonly to: JsonSteps;
}

/** Moves a value to another place of the same document; what is there is replaced. */
export function moveAt(root: unknown, { from, to }: Move): void {
  const common = from.lastIndexOf('*') + 1;
  const [source, goal] = [from.slice(common), to.slice(common)];
  eachAt(root, from.slice(0, common), (node) => {
    const value = valueAt(node, source);
    if (value === undefined) return;
    removeAt(node, source);
    putBelow(node, goal, value);
  });
}

function putBelow(node: Container, steps: JsonSteps, value: unknown): void {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  if (rest.length === 0) return putMember(node, step, value);
  let next = memberOf(node, step);
  if (next === undefined && !Array.isArray(node)) {
    next = {};
    putMember(node, step, next);
  }
  if (isContainer(next)) putBelow(next, rest, value);
}

function putMember(node: Container, step: string, value: unknown): void {
  if (!Array.isArray(node)) {
    if (!prototypeNames.has(step)) node[step] = value;
  } else if (step === '-') node.push(value);
  else if (isIndex(step) && Number(step) < node.length) node[Number(step)] = value;
}

function removeMember(node: Container, step: string): void {
  if (!Array.isArray(node)) Reflect.deleteProperty(node, step);
  else if (step === '*') node.length = 0;
  else if (isIndex(step)) node.splice(Number(step), 1);
}

function memberOf(node: Container, step: string): unknown {
  if (Array.isArray(node)) return isIndex(step) ? node[Number(step)] : undefined;
  return Object.hasOwn(node, step) ? node[step] : undefined;
}

function isIndex(step: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(step);
}
