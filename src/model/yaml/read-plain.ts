import type { Path } from '../problem.ts';
import { readLineValue } from './plain-line.ts';
import { NotPlain, type PlainValue } from './plain-scalar.ts';
import { PlainTree } from './plain-tree.ts';

export interface PlainDocument {
  readonly value: unknown;
  /** A scalar as it was written, before YAML made a number of it. */
  readonly source: (path: Path) => string | undefined;
}

const maxLength = 1024 * 1024;
const maxDepth = 20;
/** Tabs, other line ends, characters that cannot be seen, and scripts with rules of their own. */
const unusual = /[^\n\u0020-\u007E\u00A1-\u024F\u2010-\u2027\u3001-\u9FFF]/;

/**
 * Reads what nearly every `msa.yaml` is written in: keys and dashes by indentation, values in one line. For a large file it
 * takes a tenth of the time of the full reader, which knows all of YAML, every mistake and every line. Whatever might
 * mean anything else there than it seems to mean here gives undefined.
 */
export function readPlain(text: string): PlainDocument | undefined {
  if (text.length > maxLength) return undefined;
  const unix = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  if (unusual.test(unix)) return undefined;
  try {
    const tree = new PlainTree();
    const value = new BlockReader(unix, tree).document();
    return { value, source: (path) => tree.sourceAt(value, path) };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Goes through the lines that say something. */
class Lines {
  /** Of the line where it stands; -1 behind the last one. */
  indent = -1;
  /** Without the indentation, and without blanks at its end; empty behind the last one. */
  text = '';
  readonly #whole: string;
  #end = -1;

  constructor(whole: string) {
    this.#whole = whole;
    this.next();
  }

  next(): void {
    while (this.#end < this.#whole.length) {
      let start = this.#end + 1;
      const end = this.#whole.indexOf('\n', start);
      this.#end = end === -1 ? this.#whole.length : end;
      const indented = start;
      while (this.#whole[start] === ' ') start += 1;
      const text = this.#whole.slice(start, Math.max(start, this.#end)).trimEnd();
      if (text === '' || text[0] === '#') continue;
      this.indent = start - indented;
      this.text = text;
      return;
    }
    this.indent = -1;
    this.text = '';
  }

  /** Leaves out the beginning of the line, as if it were indentation. */
  skip(count: number): void {
    this.indent += count;
    this.text = this.text.slice(count);
  }
}

const isEntry = /^[\w./-]+:(?: |$)/;

class BlockReader {
  readonly #lines: Lines;
  readonly #tree: PlainTree;

  constructor(text: string, tree: PlainTree) {
    this.#lines = new Lines(text);
    this.#tree = tree;
  }

  document(): unknown {
    if (this.#lines.indent !== 0) throw new NotPlain();
    // What is indented less than this does not exist, so all of it belongs to the mapping, or is refused there.
    return this.#mapping(0, 0);
  }

  #mapping(indent: number, depth: number): unknown {
    if (depth > maxDepth) throw new NotPlain();
    const entries = this.#tree.mapping();
    while (this.#isAt(indent)) {
      const { text } = this.#lines;
      const colon = text.indexOf(':');
      const behind = text.slice(colon + 1);
      if (colon === -1 || (behind !== '' && behind[0] !== ' ')) throw new NotPlain();
      const rest = behind.trimStart();
      this.#lines.next();
      const isInLine = rest !== '' && rest[0] !== '#';
      const value = isInLine ? this.#single(rest, indent) : this.#below(indent, depth);
      this.#tree.set(entries, text.slice(0, colon), value);
    }
    return entries;
  }

  /** Whether the next line belongs to the collection there; what is indented more belongs to nothing. */
  #isAt(indent: number): boolean {
    if (this.#lines.indent > indent) throw new NotPlain();
    return this.#lines.indent === indent;
  }

  /** A value in one line; it must not go on in the next. */
  #single(text: string, indent: number): PlainValue {
    if (this.#lines.indent > indent) throw new NotPlain();
    return readLineValue(text, this.#tree);
  }

  /** What stands below a key: dashes may be indented as the key is. */
  #below(indent: number, depth: number): PlainValue {
    const { indent: found, text } = this.#lines;
    if (found >= indent && text.startsWith('- ')) return { value: this.#list(found, depth + 1) };
    return found > indent ? { value: this.#mapping(found, depth + 1) } : { value: null, source: '' };
  }

  #list(indent: number, depth: number): unknown {
    if (depth > maxDepth) throw new NotPlain();
    const items: unknown[] = [];
    while (this.#isAt(indent) && this.#lines.text.startsWith('- ')) {
      const { text } = this.#lines;
      const item = text.slice(2).trimStart();
      if (isEntry.test(item)) {
        // Its first key stands behind the dash, the others below that key.
        this.#lines.skip(text.length - item.length);
        this.#tree.add(items, { value: this.#mapping(this.#lines.indent, depth + 1) });
      } else {
        this.#lines.next();
        this.#tree.add(items, this.#single(item, indent));
      }
    }
    return items;
  }
}
