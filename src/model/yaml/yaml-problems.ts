import type { YAMLError } from 'yaml';

/** Why a text is no YAML that msa reads, at an offset of the text. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

type Explanation = Omit<SyntaxProblem, 'offset'>;

const misplaced: Explanation = {
  message: 'The indentation of this line does not fit the lines above it.',
  hint: 'Indent entries of one level by the same number of spaces.',
};
const needsQuotes: Explanation = {
  message: 'A second `key: value` begins on the same line.',
  hint: 'Put the value in quotes if its colon belongs to it, or begin a new line.',
};

const explanations: Partial<Record<YAMLError['code'], Explanation>> = {
  TAB_AS_INDENT: { message: 'A tab cannot indent in YAML.', hint: 'Replace it by spaces.' },
  BAD_INDENT: misplaced,
  BLOCK_AS_IMPLICIT_KEY: needsQuotes,
  MULTILINE_IMPLICIT_KEY: { message: 'This text has no `:` after it, so it is no key.', hint: 'Write `key: value`.' },
  TAG_RESOLVE_FAILED: { message: 'msa reads no YAML tags (words that begin with `!`).', hint: 'Remove the tag.' },
  BAD_SCALAR_START: {
    message: 'A text cannot begin with this character.',
    hint: 'Put the whole text in quotes.',
  },
  UNEXPECTED_TOKEN: {
    message: 'Here stands more than YAML can read as one value.',
    hint: 'Put the whole value in quotes, or begin a new line.',
  },
  RESOURCE_EXHAUSTION: { message: 'The file is nested too deeply.' },
};

/** Puts a complaint of the YAML parser into words that name the remedy where there is a usual one. */
export function explainYamlError(error: YAMLError): SyntaxProblem {
  const [offset] = error.pos;
  const closing = /(?:end with an? |Missing closing )(["'\]}])/.exec(error.message)?.[1];
  if (closing !== undefined) return { offset, message: `A closing \`${closing}\` is missing before this.` };
  const explanation = explanations[error.code] ?? { message: `This is not valid YAML: ${sentence(error.message)}` };
  return { offset, ...explanation };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const lowered = /^[A-Z][a-z]/.test(trimmed) ? trimmed.charAt(0).toLowerCase() + trimmed.slice(1) : trimmed;
  return lowered.endsWith('.') ? lowered : `${lowered}.`;
}
