import { updateActions } from './update-actions.ts';
import { updateImages } from './update-images.ts';
import type { PinLeft, PinMove, UpdatedLine } from './updated-line.ts';

export interface UpdatedText {
  readonly text: string;
  readonly moved: readonly PinMove[];
  readonly left: readonly PinLeft[];
}

/** How comments of a file begin. */
export type CommentStyle = '#' | '//';

/**
 * Brings the pins in a text to those of the table. A pin is a part of a line, whoever wrote it; every other byte stays, line
 * ends and comments included.
 */
export function updatePins(text: string, comments: CommentStyle): UpdatedText {
  const moved: PinMove[] = [];
  const left: PinLeft[] = [];
  // Odd places hold what ends the line before.
  const pieces = text.split(/(\r?\n)/).map((piece, index) => {
    if (index % 2 === 1) return piece;
    const line = index / 2 + 1;
    const updated = updateLine(piece, comments);
    moved.push(...updated.moved.map((move) => ({ line, ...move })));
    left.push(...updated.left.map((stays) => ({ line, ...stays })));
    return updated.text;
  });
  return { text: pieces.join(''), moved, left };
}

function updateLine(line: string, comments: CommentStyle): UpdatedLine {
  const { code, comment } = splitComment(line, comments);
  const images = updateImages(code);
  const actions = updateActions(images.text, comment);
  return {
    text: actions.text,
    moved: [...images.moved, ...actions.moved],
    left: [...images.left, ...actions.left],
  };
}

/** The comment with the blanks before it. Inside of quotes nothing begins one. */
function splitComment(line: string, comments: CommentStyle): { readonly code: string; readonly comment: string } {
  const pattern = comments === '#' ? /(?:^|\s+)#.*$/ : /(?:^|\s+)\/\/.*$/;
  for (let from = 0; ;) {
    const match = pattern.exec(line.slice(from));
    if (match === null) return { code: line, comment: '' };
    const at = from + match.index;
    const code = line.slice(0, at);
    if (!isInQuotes(code)) return { code, comment: line.slice(at) };
    from = at + match[0].search(/[#/]/) + 1;
  }
}

function isInQuotes(code: string): boolean {
  let quote = '';
  for (const character of code) {
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  return quote !== '';
}
