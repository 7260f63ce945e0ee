import { parseShare, percentPattern } from '../quantities.ts';
import { text } from '../schema-parts.ts';

/** A share between two others. */
export function share(least: string, most: string) {
  return text(percentPattern, (value) => {
    const parsed = parseShare(value);
    if (Number.isNaN(parsed)) return 'must be a share with its sign, such as `50%`';
    const isInside = parsed >= parseShare(least) && parsed <= parseShare(most);
    return isInside ? undefined : `must be from \`${least}\` to \`${most}\``;
  });
}
