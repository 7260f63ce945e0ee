import { Composer, isMap, isScalar, Lexer, Parser, visit, type CST, type Document } from 'yaml';

import { createLineLookup } from './locate.ts';
import { explainYamlError, type SyntaxProblem } from './yaml-problems.ts';
import { readTree, type ReadDocument } from './yaml-tree.ts';

export type DocumentReading =
  | { readonly ok: true; readonly document: ReadDocument }
  | { readonly ok: false; readonly problems: readonly SyntaxProblem[] };

const maxBytes = 1024 * 1024;
/** The schema is six levels deep; beyond this a file is a mistake or an attack on the recursion below. */
const maxNesting = 64;

/**
 * Reads one YAML document with one mapping in it, never throws, and needs bounded time for any text. Positions are
 * offsets into the text without its byte order mark.
 */
export function readDocument(text: string): DocumentReading {
  if (text.length > maxBytes) {
    const message = `The file has ${text.length} characters; msa reads up to ${maxBytes}.`;
    return failure({ offset: 0, message, hint: 'Check that this is the right file.' });
  }
  const tokens = readTokens(text);
  if (!Array.isArray(tokens)) return failure(tokens);
  const documents = composeDocuments(tokens, text.length);
  const [first, second] = documents;
  const problems = documents.flatMap(syntaxProblems);
  if (problems.length > 0) return { ok: false, problems: onePerLine(text, problems) };
  if (second !== undefined) {
    const message = 'A second YAML document begins here, but a workspace is one document.';
    return failure({ offset: second.range[0], message, hint: 'Remove the `---` or `...` line and what follows.' });
  }
  return readRoot(first);
}

function readRoot(document: Document.Parsed | undefined): DocumentReading {
  const root = document?.contents ?? null;
  if (root === null || (isScalar(root) && root.value === null)) {
    return failure({ offset: 0, message: 'The file is empty.', hint: 'Begin with a name: `name: shop`.' });
  }
  if (!isMap(root)) {
    const message = 'The file must be a mapping of keys to values, such as `name: shop`.';
    return failure({ offset: root.range[0], message });
  }
  return { ok: true, document: readTree(root) };
}

/** Composing recurses where parsing does not, so the nesting is measured before anything is composed. */
function readTokens(text: string): CST.Token[] | SyntaxProblem {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > maxNesting) return { offset, message: `Nested more than ${maxNesting} levels deep.` };
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function composeDocuments(tokens: CST.Token[], length: number): Document.Parsed[] {
  // Duplicate keys are found in yaml-tree: the check of the library compares each key with each other one.
  const composer = new Composer({ uniqueKeys: false, strict: true, logLevel: 'silent', prettyErrors: false });
  return [...composer.compose(tokens, true, length)] as Document.Parsed[];
}

function syntaxProblems(document: Document.Parsed): readonly SyntaxProblem[] {
  return [...document.errors, ...document.warnings].map((error) => {
    const opening = error.code === 'MISSING_CHAR' ? openQuote(document, error.pos[0]) : undefined;
    if (opening === undefined) return explainYamlError(error);
    return { offset: opening, message: 'The text in quotes that begins here has no end.', hint: 'Close the quotes.' };
  });
}

/** Where the text in quotes began that goes on to an offset: that is the line to mend, not the one it ends in. */
function openQuote(document: Document.Parsed, offset: number): number | undefined {
  let opening: number | undefined;
  visit(document, {
    Scalar: (_key, { range, type }) => {
      if (range && range[0] < offset && range[1] >= offset && type?.startsWith('QUOTE') === true) [opening] = range;
    },
  });
  return opening;
}

/** One slip makes the parser stumble several times on the same line; the first complaint is the useful one. */
function onePerLine(text: string, problems: readonly SyntaxProblem[]): readonly SyntaxProblem[] {
  const position = createLineLookup(text);
  const lines = new Set<number>();
  return problems
    .toSorted((left, right) => left.offset - right.offset)
    .filter(({ offset }) => {
      const { line } = position(offset);
      return !lines.has(line) && lines.add(line);
    });
}

function failure(problem: SyntaxProblem): DocumentReading {
  return { ok: false, problems: [problem] };
}
