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
  for (const instruction of instructions(text)) {
    const [, image, name] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction) ?? [];
    const current = stages.pop();
    if (current !== undefined) stages.push(afterInstruction(current, instruction));
    if (image !== undefined) stages.push({ ...baseOf(image, stages), name: name?.toLowerCase() });
  }
  return stages.at(-1) ?? readImageName('');
}

function afterInstruction(stage: Stage, instruction: string): Stage {
  const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(instruction) ?? [];
  switch (keyword.toUpperCase()) {
    case 'HEALTHCHECK':
      return { ...stage, hasHealthcheck: !/^NONE\b/i.test(rest) };
    case 'USER':
      return { ...stage, hasUser: !/^(?:0|root)(?::|\s|$)/.test(rest) };
    default:
      return stage;
  }
}

function baseOf(image: string, stages: readonly Stage[]): ImageFacts {
  return stages.find(({ name }) => name === image.toLowerCase()) ?? readImageName(image);
}

/** The instructions, each in one line, without comments. */
function instructions(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  return lines
    .join('\n')
    .replaceAll(/\\[ \t]*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim());
}
