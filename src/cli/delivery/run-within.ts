import type { StepContext } from '../../app/delivery/run-tasks.ts';
import { MsaError } from '../../model/errors.ts';
import { createTree } from '../command-tree.ts';
import { groups, commands } from '../commands.ts';
import type { Deps } from '../deps.ts';
import { parseArguments } from '../parse-arguments.ts';

/**
 * Runs a command of msa as a step of another: what it would print comes as lines. Gives why it failed, if it did; throws
 * when it was interrupted.
 */
export async function runWithin(
  deps: Deps,
  words: readonly string[],
  { onLine, signal }: StepContext,
): Promise<string | undefined> {
  const say = (text: string): void => {
    for (const line of text.split('\n')) onLine(line);
  };
  say(`$ msa ${words.join(' ')}`);
  const request = parseArguments(words, createTree(commands, groups));
  if (request.kind !== 'run') throw new Error(`msa ${words.join(' ')} runs nothing.`);
  try {
    const { run } = await request.spec.load();
    const { text, failure } = await run(request.input, withOwnOutput(deps, { say, signal }));
    if (text !== '') say(text);
    return failure === undefined ? undefined : explain(failure, say);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MsaError) return explain(error, say);
    throw error;
  }
}

function explain({ message, details, hint }: MsaError, say: (text: string) => void): string {
  for (const line of [...details, ...(hint === undefined ? [] : [hint])]) say(line);
  return message;
}

/** Nothing is drawn, and nothing of it is the result. */
function withOwnOutput(
  deps: Deps,
  { say, signal }: { readonly say: Deps['say']; readonly signal: StepContext['signal'] },
): Deps {
  const stopper = new AbortController();
  signal.addEventListener('abort', () => stopper.abort(signal.reason), { once: true });
  const output = { ...deps.output, json: false, isTerminal: false, line: say };
  return { ...deps, say, output, liveView: undefined, yes: true, interactive: false, signal: stopper.signal };
}
