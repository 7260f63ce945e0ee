import { randomBytes } from 'node:crypto';

/** What stands before the digits of a number that a double cannot hold; nobody outside can know it. */
const mark = `#${randomBytes(12).toString('hex')}:`;
const marked = new RegExp(`"${mark}(-?[0-9.eE+-]+)"`, 'g');

/**
 * Parses JSON so that renderExactly writes every number as it was: `12345678901234567890` and `1e400` are more than
 * a double holds, and stay. Throws as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\d{16}|\d[eE]|-0/.test(text)) return value;
  const kept = markNumbers(text);
  return kept === text ? value : JSON.parse(kept);
}

export function renderExactly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.includes(mark) ? text.replaceAll(marked, '$1') : text;
}

/** A text or the digits of a number, as they are written into addresses; undefined for what is no scalar. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.startsWith(mark) ? value.slice(mark.length) : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Makes texts of the numbers that would not come back as they were; the text is valid JSON. */
function markNumbers(text: string): string {
  let kept = '';
  let from = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x22) index = endOfString(text, index);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, index);
      const digits = text.slice(index, end);
      if (!isHeld(digits)) {
        kept += `${text.slice(from, index)}"${mark}${digits}"`;
        from = end;
      }
      index = end;
    } else index += 1;
  }
  return kept + text.slice(from);
}

/** Where a string ends that begins there. */
export function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text.charCodeAt(index) !== 0x22) index += text.charCodeAt(index) === 0x5c ? 2 : 1;
  return index + 1;
}

function endOfNumber(text: string, start: number): number {
  let index = start + 1;
  while (/[0-9.eE+-]/.test(text.charAt(index))) index += 1;
  return index;
}

/** Whether a double means the same; `1.50` does, although it is written `1.5`. */
function isHeld(digits: string): boolean {
  if (digits.length < 16 && !/[eE]/.test(digits)) return digits !== '-0';
  return String(Number(digits)) === digits;
}
