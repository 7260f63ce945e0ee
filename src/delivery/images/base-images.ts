import { parseImageName, pinnedName, type ImageName } from './image-name.ts';
import { readInstructions, type Instruction, type Word } from '../../model/dockerfile/instructions.ts';

/** An image that a Dockerfile starts from, or copies from. */
export type BaseImage =
  | (Mention & { readonly kind: 'image'; readonly image: ImageName })
  /** One that is left as it is, and why. */
  | (Mention & { readonly kind: 'left'; readonly reason: string });

interface Mention {
  /** As it is written. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Where it begins in the file. */
  readonly start: number;
}

/** Every image that a Dockerfile names; its own stages and the empty image are none. */
export function findBaseImages(dockerfile: string): readonly BaseImage[] {
  const stages = new Set<string>();
  return readInstructions(dockerfile).flatMap((instruction) => {
    const [keyword, ...words] = instruction.words;
    const command = keyword?.text.toUpperCase();
    if (command === 'FROM') {
      const [image, as, name] = words.filter(({ text }) => !text.startsWith('--'));
      const found = image === undefined || isOwn(image.text, stages) ? [] : [describe(image, instruction)];
      // Stages are numbered too.
      stages.add(String(stages.size));
      if (as?.text.toUpperCase() === 'AS' && name !== undefined) stages.add(name.text.toLowerCase());
      return found;
    }
    const isBuilt = command === 'COPY' || command === 'ADD' || command === 'RUN';
    return isBuilt ? sourcesIn({ ...instruction, words }, stages) : [];
  });
}

/** What stands before the source in a flag, and the source. */
const sourcePattern = /^(--from=|--mount=(?:[^,]*,)*?from=)([^,]+)/;

/** Images that files come from: `COPY --from=`, `RUN --mount=…,from=`. */
function sourcesIn(instruction: Instruction, stages: ReadonlySet<string>): readonly BaseImage[] {
  const end = instruction.words.findIndex(({ text }) => !text.startsWith('--'));
  const flags = end < 0 ? instruction.words : instruction.words.slice(0, end);
  return flags.flatMap((flag) => {
    const [, before = '', name = ''] = sourcePattern.exec(flag.text) ?? [];
    if (name === '' || isOwn(name, stages)) return [];
    const word = { ...flag, text: name, start: flag.start + before.length };
    // A bare name can be a folder that whoever builds gives along.
    if (/^[\w.-]+$/.test(name)) return [left(word, instruction, 'it may be no image but a folder given to the build')];
    return [describe(word, instruction)];
  });
}

function isOwn(name: string, stages: ReadonlySet<string>): boolean {
  return name === 'scratch' || stages.has(name.toLowerCase());
}

function describe(word: Word, instruction: Instruction): BaseImage {
  const { text, start, isWhole } = word;
  if (text.includes('$')) return left(word, instruction, 'its name is made of arguments');
  if (!isWhole || /["'\\`]/.test(text)) return left(word, instruction, 'its name is written in pieces');
  const image = parseImageName(text);
  if (image === undefined) return left(word, instruction, 'it is no name of an image');
  if (image.tag === undefined) return left(word, instruction, 'it has a digest and no tag that could move');
  return { kind: 'image', text, line: instruction.line, start, image };
}

function left({ text, start }: Word, { line }: Instruction, reason: string): BaseImage {
  return { kind: 'left', text, line, start, reason };
}

/** The Dockerfile with each image held to its digest, by the image as it is written; all else stays byte for byte. */
export function pinImages(dockerfile: string, digests: ReadonlyMap<string, string>): string {
  const images = findBaseImages(dockerfile).toReversed();
  return images.reduce((text, found) => {
    const digest = digests.get(found.text);
    if (found.kind !== 'image' || digest === undefined) return text;
    return text.slice(0, found.start) + pinnedName(found.image, digest) + text.slice(found.start + found.text.length);
  }, dockerfile);
}
