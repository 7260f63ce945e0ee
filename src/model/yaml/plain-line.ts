import { NotPlain, plainScalar, type PlainValue } from './plain-scalar.ts';
import type { PlainTree } from './plain-tree.ts';

const maxDepth = 20;
const wordsInside = /[^,[\]{}]*/y;

/** Reads a value that stands in one line, perhaps with a comment behind it: words, a text in quotes, or brackets. */
export function readLineValue(text: string, tree: PlainTree): PlainValue {
  if (!'"\'[{'.includes(text.charAt(0))) return plainScalar(withoutComment(text));
  const reader = new LineReader(text, tree);
  const value = reader.value(0);
  reader.end();
  return value;
}

function withoutComment(text: string): string {
  const start = text.indexOf(' #');
  return start === -1 ? text : text.slice(0, start).trimEnd();
}

class LineReader {
  #at = 0;
  readonly #text: string;
  readonly #tree: PlainTree;

  constructor(text: string, tree: PlainTree) {
    this.#text = text;
    this.#tree = tree;
  }

  value(depth: number): PlainValue {
    if (depth > maxDepth) throw new NotPlain();
    const first = this.#text[this.#at];
    if (first === '[') return this.#list(depth);
    if (first === '{') return this.#mapping(depth);
    return first === '"' || first === "'" ? this.#quoted(first) : this.#words();
  }

  end(): void {
    if (!/^(?: *$| +#)/.test(this.#text.slice(this.#at))) throw new NotPlain();
  }

  #quoted(quote: string): PlainValue {
    const end = this.#text.indexOf(quote, this.#at + 1);
    const value = this.#text.slice(this.#at + 1, end);
    // Two single quotes are one, and a backslash begins something.
    if (end === -1 || value.includes('\\') || this.#text[end + 1] === quote) throw new NotPlain();
    this.#at = end + 1;
    return { value };
  }

  #words(): PlainValue {
    wordsInside.lastIndex = this.#at;
    const [found = ''] = wordsInside.exec(this.#text) ?? [];
    this.#at += found.length;
    const text = found.trimEnd();
    if (text.includes('#')) throw new NotPlain();
    return plainScalar(text);
  }

  #list(depth: number): PlainValue {
    const items: unknown[] = [];
    for (let more = this.#enter(']'); more; more = this.#goOn(']')) this.#tree.add(items, this.value(depth + 1));
    return { value: items };
  }

  #mapping(depth: number): PlainValue {
    const entries = this.#tree.mapping();
    for (let more = this.#enter('}'); more; more = this.#goOn('}')) {
      const colon = this.#text.indexOf(': ', this.#at);
      if (colon === -1) throw new NotPlain();
      const key = this.#text.slice(this.#at, colon);
      this.#at = colon + 1;
      this.#skipBlanks();
      this.#tree.set(entries, key, this.value(depth + 1));
    }
    return { value: entries };
  }

  /** Steps over the opening bracket; false when the closing one follows. */
  #enter(closing: string): boolean {
    this.#at += 1;
    this.#skipBlanks();
    if (this.#text[this.#at] !== closing) return true;
    this.#at += 1;
    return false;
  }

  /** Steps over what follows an item: a comma, or the closing bracket, after which there is no other. */
  #goOn(closing: string): boolean {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    this.#at += 1;
    if (next === closing) return false;
    if (next !== ',') throw new NotPlain();
    this.#skipBlanks();
    return true;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }
}
