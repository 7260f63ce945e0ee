import { isAlias, isMap, isNode, isScalar, isSeq, type Alias, type Node, type YAMLMap } from 'yaml';

import { createSourceMap, type SourceEntry, type SourceMap } from './locate.ts';
import { formatPath, type Finding, type Path } from '../problem.ts';

/** A YAML text as plain values, with the way back to its lines. */
export interface ReadDocument {
  readonly value: unknown;
  readonly sourceMap: SourceMap;
  /** Things that are YAML but not what msa reads: duplicate keys, keys that are no text, aliases to nowhere. */
  readonly findings: readonly Finding[];
  /** False when reading was given up, so that only the findings mean something. */
  readonly complete: boolean;
}

/** Aliases repeat text, so a small file can mean a huge one; this many values are more than any workspace has. */
const maxValues = 100_000;
const maxDepth = 64;

interface Entry {
  readonly name: string;
  readonly key: unknown;
  readonly value: unknown;
}

/** Offsets: of the key when there is one, and of something around for values that are not written at all. */
interface Place {
  readonly key?: number | undefined;
  readonly around: number;
}

/**
 * Turns composed YAML into plain values and remembers where each stands. Follows anchors and merge keys; refuses
 * aliases that multiply the file without bound.
 */
export function readTree(root: YAMLMap): ReadDocument {
  const reader = new TreeReader();
  reader.resolveAliases(root, new Map());
  const value = reader.read(root, [], { around: 0 });
  return { value, sourceMap: createSourceMap(reader.entries), findings: reader.findings, complete: !reader.full };
}

class TreeReader {
  readonly entries = new Map<string, SourceEntry>();
  readonly findings: Finding[] = [];
  readonly #targets = new Map<Alias, Node>();
  /** What is being read right now: an alias to one of these contains itself. */
  readonly #open = new Set<Node>();
  #values = 0;
  full = false;

  /** An alias means the last anchor of its name before it, so anchors are collected in the order of the text. */
  resolveAliases(node: unknown, anchors: Map<string, Node>): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) this.#targets.set(node, target);
      return;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) this.resolveAliases(item, anchors);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      this.resolveAliases(key, anchors);
      this.resolveAliases(value, anchors);
    }
  }

  read(node: unknown, path: Path, { key, around }: Place): unknown {
    const value = start(node) ?? key ?? around;
    const target = this.#follow(node, path);
    const source = isScalar(target) ? target.source : undefined;
    this.entries.set(formatPath(path), { key, value, source });
    if (target === null || !this.#mayGoOn(path)) return null;
    if (isScalar(target)) return target.value;
    this.#open.add(target);
    const content = isMap(target) ? this.#readMap(target, path) : this.#readItems(target, path, value);
    this.#open.delete(target);
    return content;
  }

  #readItems(node: Node, path: Path, around: number): unknown[] {
    if (!isSeq(node)) return [];
    return node.items.map((item, index) => this.read(item, [...path, index], { around }));
  }

  #readMap(map: YAMLMap, path: Path): Record<string, unknown> {
    // Without a prototype, so that a key such as `constructor` or `__proto__` is a key like any other.
    const values: Record<string, unknown> = Object.setPrototypeOf({}, null);
    for (const { name, key, value } of this.#collect(map, path).values()) {
      values[name] = this.read(value, [...path, name], { key: start(key), around: start(map) ?? 0 });
    }
    return values;
  }

  /** A mapping's own entries and, behind them, what its merge keys bring. */
  #collect(map: YAMLMap, path: Path): Map<string, Entry> {
    const own = new Map<string, Entry>();
    const merged: unknown[] = [];
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) merged.push(value);
      else this.#add(own, { name: this.#keyName(key, path), key, value }, path);
    }
    for (const source of merged) this.#merge(own, source, path);
    return own;
  }

  #add(own: Map<string, Entry>, entry: Entry, path: Path): void {
    const earlier = own.get(entry.name);
    if (earlier === undefined) own.set(entry.name, entry);
    else this.#reportDuplicate(entry, earlier, path);
  }

  #reportDuplicate(entry: Entry, earlier: Entry, path: Path): void {
    this.findings.push({
      path: [...path, entry.name],
      at: start(entry.key) ?? 'key',
      message: `\`${entry.name}\` is written twice in the same mapping.`,
      hint: 'Keep one of the two.',
      other: start(earlier.key) ?? path,
    });
  }

  #merge(own: Map<string, Entry>, value: unknown, path: Path): void {
    const source = this.#follow(value, path);
    if (isSeq(source) && !this.#open.has(source)) {
      this.#open.add(source);
      for (const item of source.items) this.#merge(own, item, path);
      this.#open.delete(source);
    } else if (isMap(source)) {
      this.#mergeMap(own, source, path);
    } else if (source !== null) {
      this.findings.push({ path, message: 'The merge key `<<` takes an alias of a mapping, such as `<<: *defaults`.' });
    }
  }

  #mergeMap(own: Map<string, Entry>, source: YAMLMap, path: Path): void {
    if (!this.#mayGoOn(path)) return;
    this.#open.add(source);
    const entries = this.#collect(source, path);
    this.#values += entries.size;
    for (const [name, entry] of entries) if (!own.has(name)) own.set(name, entry);
    this.#open.delete(source);
  }

  #follow(node: unknown, path: Path): Node | null {
    if (!isAlias(node)) return isNode(node) ? node : null;
    const target = this.#targets.get(node);
    if (target !== undefined && !this.#open.has(target)) return target;
    const message =
      target === undefined
        ? `No \`&${node.source}\` stands before this \`*${node.source}\`.`
        : `\`*${node.source}\` stands inside \`&${node.source}\`, so it would contain itself.`;
    this.findings.push({ path, at: start(node) ?? 'value', message, unreadable: true });
    return null;
  }

  #keyName(node: unknown, path: Path): string {
    const key = this.#follow(node, path);
    if (isScalar(key) && typeof key.value === 'string') return key.value;
    const written = isScalar(key) ? (key.source ?? '') : '';
    this.findings.push({ ...notText(key, written), path: [...path, written], at: start(node) ?? 'key' });
    return written;
  }

  #mayGoOn(path: Path): boolean {
    this.#values += 1;
    if (this.#values < maxValues) return path.length < maxDepth;
    if (!this.full) {
      this.full = true;
      const message = `The aliases of this file expand to more than ${maxValues} values.`;
      this.findings.push({ path, message, hint: 'Write the values out, or use fewer aliases inside aliases.' });
    }
    return false;
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function notText(key: unknown, written: string): Pick<Finding, 'message' | 'hint'> {
  if (!isScalar(key) || key.value === null) return { message: 'A key must be a text.', hint: 'Write `key: value`.' };
  const kind = typeof key.value === 'number' ? 'a number' : `the value \`${JSON.stringify(key.value)}\``;
  const message = `YAML reads the key \`${written}\` as ${kind}, not as a name.`;
  return { message, hint: `Put it in quotes if it is meant: \`"${written}":\`.` };
}
