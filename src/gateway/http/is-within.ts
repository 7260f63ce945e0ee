/** Whether a path is a prefix or below it, by elements, as routes are matched; neither ends with a slash unless it is `/`. */
export function isWithin(path: string, prefix: string): boolean {
  if (prefix === '/' || prefix === '') return true;
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);
}
