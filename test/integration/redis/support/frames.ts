/** One reply on the wire: its mark, its line, and what belongs to it. */
export interface Frame {
  readonly mark: string;
  readonly text: string;
  readonly items: readonly Frame[] | undefined;
}

interface Read {
  readonly frame: Frame;
  readonly end: number;
}

/** Reads one frame, undefined while it is incomplete. */
export function readFrame(bytes: string, start: number): Read | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const mark = bytes.charAt(start);
  const line = bytes.slice(start + 1, lineEnd);
  const after = lineEnd + 2;
  if ('$='.includes(mark)) return readBulk(bytes, after, { mark, length: Number(line) });
  if ('*~>%'.includes(mark)) return readItems(bytes, after, { mark, count: Number(line) });
  return { frame: { mark, text: line, items: undefined }, end: after };
}

function readBulk(bytes: string, start: number, { mark, length }: { mark: string; length: number }): Read | undefined {
  if (length < 0) return { frame: { mark, text: '-1', items: undefined }, end: start };
  const end = start + length;
  if (bytes.length < end + 2) return undefined;
  return { frame: { mark, text: bytes.slice(start, end), items: undefined }, end: end + 2 };
}

function readItems(bytes: string, start: number, { mark, count }: { mark: string; count: number }): Read | undefined {
  if (count < 0) return { frame: { mark, text: '-1', items: undefined }, end: start };
  const items: Frame[] = [];
  let end = start;
  while (items.length < (mark === '%' ? count * 2 : count)) {
    const read = readFrame(bytes, end);
    if (read === undefined) return undefined;
    items.push(read.frame);
    end = read.end;
  }
  return { frame: { mark, text: '', items }, end };
}

/** A frame as one line of text: everything of its bytes that can differ shows. */
export function showFrame({ mark, text, items }: Frame): string {
  if (items === undefined) return `${mark}${JSON.stringify(text)}`;
  return `${mark}[${items.map((item) => showFrame(item)).join(' ')}]`;
}
