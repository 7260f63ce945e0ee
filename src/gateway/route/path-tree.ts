import { compareRules } from './rule.ts';
import type { RuleTest } from './rule-test.ts';
import type { Rule } from './rule.ts';

/**
 * A tree of paths by common beginnings. Looking one up compares each of its characters once, however many routes
 * there are, and makes nothing.
 */
export class PathTree<T> {
  private readonly root = createNode<T>('');

  add(path: string, isExact: boolean, rule: Rule<T>): void {
    const node = reach(this.root, path);
    const rules = isExact ? node.exact : node.below;
    rules.push(rule);
    // Stable, so that rules that ask for equally much stay in the order of the file.
    rules.sort(compareRules);
  }

  /** Links each prefix to the next shorter one; nothing may be added any more. */
  seal(): void {
    link(this.root, '', []);
  }

  /** The first rule that the test lets through: of the exact path, then of its prefixes, the longest first. */
  find(path: string, test: RuleTest): Rule<T> | undefined {
    let node: Node<T> | undefined = this.root;
    let last = this.root;
    let longest: Node<T> | undefined;
    let at = 0;
    while (node) {
      last = node;
      if (node.below.length > 0 && (at === path.length || path.charCodeAt(at) === slash)) longest = node;
      node = at < path.length ? childAt(node, path, at) : undefined;
      if (node) at += node.text.length;
    }
    const exact = at === path.length ? firstOf(last.exact, test) : undefined;
    if (exact) return exact;
    for (; longest; longest = longest.shorter) {
      const found = firstOf(longest.below, test);
      if (found) return found;
    }
    return undefined;
  }
}

interface Node<T> {
  /** What it adds to the path of the node above it. */
  text: string;
  children: Node<T>[];
  /** For this path alone. */
  exact: Rule<T>[];
  /** For this path and all below it. */
  below: Rule<T>[];
  /** The next shorter path that this one is below of and that takes what is below it. */
  shorter: Node<T> | undefined;
}

const slash = 0x2f;

function createNode<T>(text: string): Node<T> {
  return { text, children: [], exact: [], below: [], shorter: undefined };
}

function childAt<T>({ children }: Node<T>, path: string, at: number): Node<T> | undefined {
  const code = path.charCodeAt(at);
  for (const child of children) {
    // No two children begin with the same character.
    if (child.text.charCodeAt(0) === code) return path.startsWith(child.text, at) ? child : undefined;
  }
  return undefined;
}

function firstOf<T>(rules: readonly Rule<T>[], test: RuleTest): Rule<T> | undefined {
  for (const rule of rules) if (rule.isPlain || test.accepts(rule)) return rule;
  return undefined;
}

/** The node of a path, made where there is none, by splitting one that only begins like it. */
function reach<T>(from: Node<T>, path: string): Node<T> {
  if (path === '') return from;
  const index = from.children.findIndex(({ text }) => text.charCodeAt(0) === path.charCodeAt(0));
  const child = from.children[index];
  if (!child) {
    const added = createNode<T>(path);
    from.children.push(added);
    return added;
  }
  const shared = sharedLength(child.text, path);
  if (shared === child.text.length) return reach(child, path.slice(shared));
  const parent = createNode<T>(child.text.slice(0, shared));
  child.text = child.text.slice(shared);
  parent.children.push(child);
  from.children[index] = parent;
  return reach(parent, path.slice(shared));
}

function sharedLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left.charCodeAt(length) === right.charCodeAt(length)) length += 1;
  return length;
}

interface Ancestor<T> {
  readonly path: string;
  readonly node: Node<T>;
}

/** Ancestors are those that take what is below them, the longest last. */
function link<T>(node: Node<T>, path: string, ancestors: readonly Ancestor<T>[]): void {
  node.shorter = ancestors.findLast((ancestor) => path.charCodeAt(ancestor.path.length) === slash)?.node;
  const known = node.below.length > 0 ? [...ancestors, { path, node }] : ancestors;
  for (const child of node.children) link(child, path + child.text, known);
}
