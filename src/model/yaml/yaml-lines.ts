/** The line ending a text uses; that of its first line where they are mixed. */
function lineEnding(text: string): string {
  const newline = text.indexOf('\n');
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n';
}

/** Offset of the first character of the line. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the line's ending; the length of the text when its last line has none. */
export function nextLine(text: string, offset: number): number {
  // A block scalar ends where the next line begins already.
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** How far the offset is from the start of its line. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/**
 * Offset behind the comments that follow and are indented at least so far: they belong to what stands before, blank
 * lines between them too.
 */
export function skipComments(text: string, offset: number, indent: number): number {
  let end = offset;
  for (let start = offset; start < text.length; start = nextLine(text, start + 1)) {
    const line = lineAt(text, start);
    if (line.trim() === '') continue;
    const column = line.search(/\S/);
    if (line[column] !== '#' || column < indent) break;
    end = nextLine(text, start + 1);
  }
  return end;
}

/** Offset of the first of the comment lines directly above that have the same indentation; else the offset itself. */
export function commentsAbove(text: string, offset: number, indent: number): number {
  let first = offset;
  while (first > 0) {
    const start = lineStart(text, first - 1);
    const line = lineAt(text, start);
    if (line.search(/\S/) !== indent || line[indent] !== '#') break;
    first = start;
  }
  return first;
}

/** True for a line of nothing but spaces, and for the place behind the last line. */
export function isBlankLine(text: string, start: number): boolean {
  return lineAt(text, start).trim() === '';
}

/** Puts an insertion of whole lines at the start of a line; a text without a last line ending stays without one. */
export function insertLines(text: string, at: number, lines: readonly string[]): string {
  const ending = lineEnding(text);
  const block = lines.join(ending);
  const unfinished = at === text.length && at > 0 && text[at - 1] !== '\n';
  return unfinished ? `${text}${ending}${block}` : `${text.slice(0, at)}${block}${ending}${text.slice(at)}`;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.slice(start) : text.slice(start, end);
}
