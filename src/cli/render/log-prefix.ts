import type { Colors } from '../terminal/colors.ts';

/**
 * Writes the name of an instance before its lines, padded to the longest name there is. Its colour follows from the
 * place of its service in the list and its own number, so that it is the same in every call.
 */
export function createLogPrefix(units: readonly string[], ids: readonly string[], colors: Colors) {
  const palette = [colors.cyan, colors.yellow, colors.green, colors.magenta, colors.blue];
  let width = Math.max(0, ...ids.map((id) => id.length));
  return (id: string): string => {
    width = Math.max(width, id.length);
    const [, unit = id, number = '1'] = /^(.*)-(\d+)$/.exec(id) ?? [];
    const paint = palette[(Math.max(units.indexOf(unit), 0) + Number(number) - 1) % palette.length] ?? colors.cyan;
    return `${paint(id.padEnd(width))} ${colors.dim('|')} `;
  };
}
