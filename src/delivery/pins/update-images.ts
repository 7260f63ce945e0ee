import { imagePins, type ImagePin } from '../pins.ts';
import { judgePin } from './judge-pin.ts';
import { replaceMatches } from './replace-matches.ts';
import type { UpdatedLine } from './update-pins.ts';
import { parseVersion } from './version.ts';

interface Image {
  readonly name: string;
  readonly pin: ImagePin;
  /** Finds uses of this image with a tag, a digest or both. */
  readonly pattern: RegExp;
  /** Which variant of it the table has: `-cli`. */
  readonly suffix: string;
}

const images: readonly Image[] = Object.entries(imagePins).map(([key, pin]) => {
  const [name = key] = key.split(':');
  const text = String.raw`(?:(?<![\w./@:-])|(?<=docker://))(?<written>(?:(?:docker\.io|ghcr\.io)/)?${name})(?::(?<tag>[\w][\w.-]*))?(?:@(?<digest>sha256:[0-9a-f]{64}))?(?![\w/@-])`;
  return { name, pin, pattern: new RegExp(text, 'g'), suffix: parseVersion(pin.tag)?.suffix ?? '' };
});

/** Moves the images of a line that the table knows; tag and digest stand side by side, so that no comment is needed. */
export function updateImages(code: string): UpdatedLine {
  const moved: UpdatedLine['moved'][number][] = [];
  const left: UpdatedLine['left'][number][] = [];
  let text = code;
  for (const { name, pin, pattern, suffix } of images) {
    text = replaceMatches(text, pattern, ({ 0: whole, groups = {} }) => {
      const { written, tag, digest } = groups;
      if (tag === undefined && digest === undefined) return whole;
      if (tag !== undefined && (parseVersion(tag)?.suffix ?? suffix) !== suffix) return whole;
      const verdict = judgePin({ name, version: tag, hash: digest }, { version: pin.tag, hash: pin.digest });
      if (verdict.kind === 'leave') left.push({ name, at: tag ?? shortened(digest ?? ''), reason: verdict.reason });
      if (verdict.kind !== 'move') return whole;
      moved.push({ name, from: tag ?? shortened(digest ?? ''), to: pin.tag });
      return `${written}:${pin.tag}@${pin.digest}`;
    });
  }
  return { text, moved, left };
}

function shortened(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
