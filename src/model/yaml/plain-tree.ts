import type { Path } from '../problem.ts';
import { isPlainKey, NotPlain, type PlainValue } from './plain-scalar.ts';

/** Fewer than the full reader takes, so that nothing passes here that fails there. */
const maxValues = 50_000;

/** Lists and mappings in the making, and how their numbers and words were written. */
export class PlainTree {
  /** The same few keys stand in every entry of a large file. */
  readonly #keys = new Set<string>();
  readonly #sources = new Map<unknown, Map<string | number, string>>();
  #count = 0;

  /** An ordinary object, which takes a third of the memory of one without a prototype. */
  mapping(): Record<string, unknown> {
    return {};
  }

  add(list: unknown[], item: PlainValue): void {
    this.#note(list, list.length, item);
    list.push(item.value);
  }

  set(mapping: Record<string, unknown>, key: string, entry: PlainValue): void {
    if (!this.#keys.has(key)) {
      if (!isPlainKey(key)) throw new NotPlain();
      this.#keys.add(key);
    }
    if (Object.hasOwn(mapping, key)) throw new NotPlain();
    this.#note(mapping, key, entry);
    mapping[key] = entry.value;
  }

  /** How the scalar at a path was written; undefined for collections, and where nothing is. */
  sourceAt(root: unknown, path: Path): string | undefined {
    let parent: unknown;
    let value = root;
    for (const step of path) {
      parent = value;
      const inside: Readonly<Record<string | number, unknown>> = Object(parent);
      value = inside[step];
    }
    const last = path.at(-1);
    if (typeof value === 'string') return value;
    return last === undefined ? undefined : this.#sources.get(parent)?.get(last);
  }

  #note(parent: object, key: string | number, { source }: PlainValue): void {
    this.#count += 1;
    if (this.#count > maxValues) throw new NotPlain();
    if (source === undefined) return;
    const known = this.#sources.get(parent) ?? new Map<string | number, string>();
    this.#sources.set(parent, known.set(key, source));
  }
}
