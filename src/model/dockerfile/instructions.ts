import { rawShellWords } from './raw-shell-words.ts';

/** A word of a Dockerfile. */
export interface Word {
  readonly text: string;
  /** Where it begins in the file. */
  readonly start: number;
  /** False when the end of a line runs through it. */
  readonly isWhole: boolean;
}

/** An instruction with its flags and arguments; what comes in heredocs is left out. */
export interface Instruction {
  /** Counted from 1. */
  readonly line: number;
  readonly words: readonly Word[];
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly number: number;
}

/** Lines that are one to the builder. */
type Joined = readonly Line[];

/** Reads a Dockerfile as BuildKit does, as far as it takes to tell where its words stand. */
export function readInstructions(text: string): readonly Instruction[] {
  const escape = escapeOf(text);
  const instructions: Instruction[] = [];
  let joined: Line[] = [];
  let heredocs: readonly Heredoc[] = [];
  for (const line of linesOf(text)) {
    const [heredoc, ...others] = heredocs;
    if (heredoc !== undefined) {
      if (endsHeredoc(line.text, heredoc)) heredocs = others;
      continue;
    }
    if (/^\s*(?:#|$)/.test(line.text)) continue;
    const goesOn = continuation(line.text, escape);
    joined.push(goesOn === undefined ? line : { ...line, text: goesOn });
    if (goesOn !== undefined) continue;
    instructions.push(instructionOf(joined));
    heredocs = heredocsOf(joined.map((each) => each.text).join(''));
    joined = [];
  }
  return joined.length === 0 ? instructions : [...instructions, instructionOf(joined)];
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line, index) => {
    const isMarked = index === 0 && line.startsWith('\u{FEFF}');
    const found = {
      text: line.slice(isMarked ? 1 : 0).replace(/\r$/, ''),
      start: start + (isMarked ? 1 : 0),
      number: index + 1,
    };
    start += line.length + 1;
    return found;
  });
}

/** Of the first lines, those that speak to the builder; the first other one ends them. */
const directives: ReadonlySet<string> = new Set(['syntax', 'escape', 'check']);

/** The character that joins lines; a directive among the very first lines may choose another. */
function escapeOf(text: string): string {
  for (const line of linesOf(text)) {
    const [, name = '', value = ''] = /^#\s*([a-zA-Z]\w*)\s*=\s*(.+?)\s*$/.exec(line.text) ?? [];
    if (!directives.has(name.toLowerCase())) break;
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\';
  }
  return '\\';
}

/** The line without what joins it to the next; undefined when nothing does. */
function continuation(line: string, escape: string): string | undefined {
  const trimmed = line.replace(/[ \t]+$/, '');
  if (!trimmed.endsWith(escape) || trimmed.endsWith(escape + escape)) return undefined;
  return trimmed.slice(0, -1);
}

function instructionOf(joined: Joined): Instruction {
  const words: Word[] = [];
  let open = false;
  for (const { text, start } of joined) {
    for (const match of text.matchAll(/\S+/g)) {
      const [found] = match;
      const last = words.at(-1);
      if (open && match.index === 0 && last !== undefined)
        words[words.length - 1] = { ...last, text: last.text + found, isWhole: false };
      else words.push({ text: found, start: start + match.index, isWhole: true });
    }
    open = /\S$/.test(text) || (open && text === '');
  }
  return { line: joined[0]?.number ?? 0, words };
}

interface Heredoc {
  readonly name: string;
  /** True where tabs before its end do not count. */
  readonly indented: boolean;
}

/** What the lines after an instruction belong to; only some can have any. */
function heredocsOf(line: string): readonly Heredoc[] {
  if (!/^\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i.test(line)) return [];
  return rawShellWords(line).flatMap((word) => {
    const [, dash, name = ''] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    return name === '' ? [] : [{ name: name.replaceAll(/["'\\]/g, ''), indented: dash === '-' }];
  });
}

function endsHeredoc(line: string, { name, indented }: Heredoc): boolean {
  return (indented ? line.replace(/^\t+/, '') : line) === name;
}
