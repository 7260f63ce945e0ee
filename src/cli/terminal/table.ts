import type { Colors } from './colors.ts';

/** Rows below their headings, each column as wide as its widest cell. Colours in cells do not count. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[], colors: Colors): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => visibleLength(cells[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell)))
      .join('  ')
      .trimEnd();
  return [colors.dim(line(headings)), ...rows.map(line)].join('\n');
}

/** How many columns a text takes; colours take none. */
export function visibleLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- a colour begins with one
  return text.replaceAll(/\u001B\[\d+m/g, '').length;
}
