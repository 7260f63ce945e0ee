import { readInstructions } from '../model/dockerfile/instructions.ts';

/** What is known of an image before it is made. */
export interface ImageFacts {
  /** True when a `node` is in it for sure. */
  readonly hasNode: boolean;
  /** True when it brings a health check of its own. */
  readonly hasHealthcheck: boolean;
  /** True when its program runs as somebody else than root for sure. */
  readonly hasUser: boolean;
}

const nodeImage = /^(?:docker\.io\/)?(?:library\/)?node(?:[:@]|$)/;

/** What is known of an image by its name alone. */
export function readImageName(image: string): ImageFacts {
  return { hasNode: nodeImage.test(image), hasHealthcheck: false, hasUser: false };
}

interface Stage extends ImageFacts {
  readonly name: string | undefined;
}

/** Reads what the last stage is made from; a stage may continue an earlier one. */
export function readDockerfile(text: string): ImageFacts {
  const stages: Stage[] = [];
  for (const { words } of readInstructions(text)) {
    const [keyword = '', ...others] = words.map((word) => word.text);
    const [first = '', , name] = others.filter((word) => !word.startsWith('--'));
    const current = stages.pop();
    if (current !== undefined) stages.push(afterInstruction(current, keyword.toUpperCase(), first));
    if (keyword.toUpperCase() === 'FROM') stages.push({ ...baseOf(first, stages), name: name?.toLowerCase() });
  }
  return stages.at(-1) ?? readImageName('');
}

function afterInstruction(stage: Stage, keyword: string, first: string): Stage {
  switch (keyword) {
    case 'HEALTHCHECK':
      return { ...stage, hasHealthcheck: first.toUpperCase() !== 'NONE' };
    case 'USER':
      return { ...stage, hasUser: !/^(?:0|root)(?::|$)/.test(first) };
    default:
      return stage;
  }
}

function baseOf(image: string, stages: readonly Stage[]): ImageFacts {
  return stages.find(({ name }) => name === image.toLowerCase()) ?? readImageName(image);
}
