import { judgePin, type PinnedUse, type Verdict } from './judge-pin.ts';
import { imagePins, type ImagePin } from './pins.ts';
import { replaceMatches } from './replace-matches.ts';
import type { UpdatedLine } from './updated-line.ts';
import { parseVersion } from './version.ts';

interface Image {
  readonly name: string;
  readonly pin: ImagePin;
  /** Finds uses of this image with a tag, a digest or both. */
  readonly pattern: RegExp;
  /** Which variant of it the table has: `-cli`. */
  readonly suffix: string;
}

const images: readonly Image[] = Object.entries(imagePins).map(([name, pin]) => {
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
      if (tag !== undefined && tag !== 'latest' && parseVersion(tag)?.suffix !== suffix) return whole;
      const verdict = judgeImage({ name, version: tag, hash: digest }, pin);
      if (verdict.kind === 'leave') left.push({ name, at: tag ?? shortened(digest ?? ''), reason: verdict.reason });
      if (verdict.kind !== 'move') return whole;
      moved.push({ name, from: tag ?? shortened(digest ?? ''), to: pin.tag });
      return `${written}:${pin.tag}@${pin.digest}`;
    });
  }
  return { text, moved, left };
}

/** With an image comes what runs in it: a new line of Node.js is for a person to choose. */
function judgeImage(use: PinnedUse, { tag, digest }: ImagePin): Verdict {
  const verdict = judgePin(use, { version: tag, hash: digest });
  if (verdict.kind !== 'move' || use.version === undefined || lineOf(use.version) === lineOf(tag)) return verdict;
  return { kind: 'leave', reason: `another line than ${tag}, which this msa knows` };
}

function lineOf(version: string): number | undefined {
  return parseVersion(version)?.numbers[0];
}

function shortened(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
