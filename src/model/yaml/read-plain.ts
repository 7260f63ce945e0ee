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
    const value = new BlockReader(linesOf(unix), tree).document();
    return { value, source: (path) => tree.sourceAt(value, path) };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

interface Line {
  readonly indent: number;
  /** Without the indentation, and without blanks at its end. */
  readonly text: string;
}

/** The lines that say something. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const whole of text.split('\n')) {
    let indent = 0;
    while (whole[indent] === ' ') indent += 1;
    const line = whole.slice(indent).trimEnd();
    if (line !== '' && line[0] !== '#') lines.push({ indent, text: line });
  }
  return lines;
}

const isEntry = /^[\w./-]+:(?: |$)/;

class BlockReader {
  readonly #lines: Line[];
  readonly #tree: PlainTree;
  #at = 0;

  constructor(lines: Line[], tree: PlainTree) {
    this.#lines = lines;
    this.#tree = tree;
  }

  document(): unknown {
    if (this.#next()?.indent !== 0) throw new NotPlain();
    const value = this.#mapping(0, 0);
    if (this.#next() !== undefined) throw new NotPlain();
    return value;
  }

  #next(): Line | undefined {
    return this.#lines[this.#at];
  }

  #mapping(indent: number, depth: number): unknown {
    if (depth > maxDepth) throw new NotPlain();
    const entries = this.#tree.mapping();
    for (let line = this.#entryAt(indent); line !== undefined; line = this.#entryAt(indent)) {
      const colon = line.text.indexOf(':');
      const key = line.text.slice(0, colon);
      const behind = line.text.slice(colon + 1);
      if (colon === -1 || (behind !== '' && behind[0] !== ' ')) throw new NotPlain();
      const rest = behind.trimStart();
      this.#at += 1;
      const inLine = rest !== '' && rest[0] !== '#';
      this.#tree.set(entries, key, inLine ? this.#single(rest, indent) : this.#below(indent, depth));
    }
    return entries;
  }

  /** The next line when it is an entry of the mapping there; what is indented more belongs to nothing. */
  #entryAt(indent: number): Line | undefined {
    const line = this.#next();
    if (line === undefined || line.indent < indent) return undefined;
    if (line.indent > indent) throw new NotPlain();
    return line;
  }

  /** A value in one line; it must not go on in the next. */
  #single(text: string, indent: number): PlainValue {
    if ((this.#next()?.indent ?? 0) > indent) throw new NotPlain();
    return readLineValue(text, this.#tree);
  }

  /** What stands below a key: dashes may be indented as the key is. */
  #below(indent: number, depth: number): PlainValue {
    const line = this.#next();
    if (line === undefined || line.indent < indent) return { value: null, source: '' };
    if (line.text.startsWith('- ')) return { value: this.#list(line.indent, depth + 1) };
    if (line.indent === indent) return { value: null, source: '' };
    return { value: this.#mapping(line.indent, depth + 1) };
  }

  #list(indent: number, depth: number): unknown {
    if (depth > maxDepth) throw new NotPlain();
    const items: unknown[] = [];
    for (let line = this.#itemAt(indent); line !== undefined; line = this.#itemAt(indent)) {
      const text = line.text.slice(2).trimStart();
      const column = indent + line.text.length - text.length;
      if (isEntry.test(text)) {
        // Its first key stands behind the dash, the others below that key.
        this.#lines[this.#at] = { indent: column, text };
        this.#tree.add(items, { value: this.#mapping(column, depth + 1) });
      } else {
        this.#at += 1;
        this.#tree.add(items, this.#single(text, indent));
      }
    }
    return items;
  }

  #itemAt(indent: number): Line | undefined {
    const line = this.#next();
    if (line === undefined || line.indent < indent || !line.text.startsWith('- ')) return undefined;
    if (line.indent > indent) throw new NotPlain();
    return line;
  }
}
