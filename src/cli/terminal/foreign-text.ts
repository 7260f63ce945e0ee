import { plainText } from './plain-text.ts';

/** Colours and weights as programs write them. Concealed text (8) is not among them, nor anything that moves the cursor. */
// oxlint-disable-next-line no-control-regex -- a colour begins with one
const style = /\u001B\[(?:(?:[0-7]|9|2[1-79]|[34][0-79]|9[0-7]|10[0-7]|[34]8;5;\d{1,3}|[34]8;2(?:;\d{1,3}){3})?;?)*m/g;

/**
 * A line that another program wrote, as a terminal may have it: its colours stay if there are any, and end with the line;
 * every other control character becomes visible.
 */
export function foreignText(text: string, { colored }: { readonly colored: boolean }): string {
  const styles = text.match(style) ?? [];
  const parts = text.split(style).map((part) => plainText(part, { colored: false }));
  if (!colored || styles.length === 0) return parts.join('');
  return `${parts.map((part, index) => part + (styles[index] ?? '')).join('')}\u001B[0m`;
}
