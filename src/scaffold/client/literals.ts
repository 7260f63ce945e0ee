const longestComment = 300;

// Besides what breaks a line or a literal: characters that make code look like something it is not (bidirectional
// marks, zero-width ones; see https://trojansource.codes) and halves of surrogate pairs.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A string literal of the language, whatever the text holds: `it's` -> `'it\'s'`. */
export function stringLiteral(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll(unprintable, (found) => found.split('').map(unicodeEscape).join(''));
  return `'${escaped}'`;
}

function unicodeEscape(unit: string): string {
  return String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A member name in a type: bare when it is an identifier, else quoted. */
export function typeKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringLiteral(name);
}

/** A member name in an object literal; `__proto__` would set the prototype there, unless it is computed. */
export function valueKey(name: string): string {
  return name === '__proto__' ? `['__proto__']` : typeKey(name);
}

/** Text from outside on one line of a comment: it can neither end the comment nor be a directive or tag in it. */
export function commentText(text: string): string {
  const line = text
    .slice(0, longestComment * 2)
    .replaceAll(unprintable, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll(/(?<=^|[\s/*{(])@+(?=\w)/g, '');
  return line.length > longestComment ? `${line.slice(0, longestComment).trimEnd()}…` : line;
}

/** The lines of a doc comment; none when there is nothing to say. Each text must have passed `commentText`. */
export function docComment(texts: readonly string[], indent: string): string[] {
  const said = texts.filter((text) => text !== '');
  if (said.length === 0) return [];
  const single = `${indent}/** ${said[0]} */`;
  if (said.length === 1 && single.length <= 120) return [single];
  const lines = said.flatMap((text) => wrapped(text, 116 - indent.length));
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
