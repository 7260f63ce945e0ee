/** `a=b c=d` as a table for `it.each`. */
export function pairs(text: string): [string, string][] {
  return text
    .trim()
    .split(/\s+/)
    .map((pair): [string, string] => {
      const [one = '', other = ''] = pair.split('=');
      return [one, other];
    });
}
