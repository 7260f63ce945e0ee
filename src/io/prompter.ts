import type inquirer from 'inquirer';

import { MsaError } from '../model/errors.ts';
import type { ChoiceQuestion, Prompter, TextQuestion } from '../ports/prompter.ts';

interface PrompterOptions {
  /** False: no question reaches anybody, defaults and MSA_ANSWER_MISSING do instead. */
  readonly interactive: boolean;
  /** Whether --yes was given, for the wording of what is missing. */
  readonly yes: boolean;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly color: boolean;
  /** Ends a question that is open when it is aborted. */
  readonly signal: AbortSignal;
}

/** Makes the prompter for this terminal; the library behind it loads with the first question that is really asked. */
export function createPrompter(options: PrompterOptions): Prompter {
  return options.interactive ? createAskingPrompter(options) : createSilentPrompter(options);
}

function createSilentPrompter({ yes }: PrompterOptions): Prompter {
  const reason = yes ? 'there is no default for --yes to take' : 'there is no terminal to ask on';
  return {
    async text(question) {
      if (question.default === undefined) throw missing(question, reason);
      const complaint = question.check?.(question.default);
      if (complaint === undefined) return question.default;
      throw missing(question, `the default ${JSON.stringify(question.default)} does not do: ${complaint}`);
    },
    async choose(question) {
      if (question.default === undefined) throw missing(question, reason);
      return question.default;
    },
    // To choose none of them is always an answer.
    chooseMany: async (question) => (question.default === undefined ? [] : [question.default]),
    confirm: async (question) => question.default,
  };
}

function missing({ message, flag }: Pick<TextQuestion, 'message' | 'flag'>, reason: string): MsaError {
  return new MsaError('MSA_ANSWER_MISSING', `"${message}" has no answer: ${reason}`, {
    hint: `add ${flag}`,
    data: { question: message, flag },
  });
}

function createAskingPrompter(options: PrompterOptions): Prompter {
  return {
    text: ({ message, default: preset, check }) =>
      ask(options, (prompt) => {
        const offer = preset === undefined ? {} : { default: preset };
        const accept = { ...offer, validate: (answer: string) => check?.(answer) ?? true };
        return prompt<{ answer: string }>([{ type: 'input', name: 'answer', message, ...accept }]);
      }),
    choose: <Value extends string>(question: ChoiceQuestion<Value>) =>
      ask(options, (prompt) => {
        const { message, default: preset } = question;
        const offer = preset === undefined ? {} : { default: preset };
        const choices = choicesOf(question);
        return prompt<{ answer: Value }>([{ type: 'select', name: 'answer', message, choices, ...offer }]);
      }),
    chooseMany: <Value extends string>(question: ChoiceQuestion<Value>) =>
      ask(options, (prompt) => {
        const choices = choicesOf(question).map((choice) => ({
          ...choice,
          checked: choice.value === question.default,
        }));
        return prompt<{ answer: Value[] }>([{ type: 'checkbox', name: 'answer', message: question.message, choices }]);
      }),
    confirm: ({ message, default: preset }) =>
      ask(options, (prompt) =>
        prompt<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: preset }]),
      ),
  };
}

function choicesOf<Value extends string>({ choices }: ChoiceQuestion<Value>): { value: Value; name: string }[] {
  return choices.map(({ value, description }) => ({
    value,
    name: value,
    ...(description === undefined ? {} : { description }),
  }));
}

type Prompt = ReturnType<typeof inquirer.createPromptModule>;

async function ask<Answer>(
  { input, output, color, signal }: PrompterOptions,
  question: (prompt: Prompt) => Promise<{ answer: Answer }>,
): Promise<Answer> {
  const { createPromptModule } = await loadInquirer(color);
  const gone = new AbortController();
  // At the end of the input (Ctrl-D, a closed terminal) the library waits for ever with nothing left to wake it.
  const onIdle = (): void => gone.abort();
  process.once('beforeExit', onIdle);
  try {
    const { answer } = await question(
      createPromptModule({ input, output, signal: AbortSignal.any([signal, gone.signal]) }),
    );
    return answer;
  } catch (error) {
    throw endsPrompt(error) ? new MsaError('MSA_INTERRUPTED', 'interrupted', { cause: error }) : error;
  } finally {
    process.off('beforeExit', onIdle);
  }
}

function endsPrompt(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');
}

/** The library decides about colours once, when it loads, by the environment alone. */
async function loadInquirer(color: boolean): Promise<typeof inquirer> {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  delete process.env['NO_COLOR'];
  process.env['FORCE_COLOR'] = color ? '1' : '0';
  try {
    return (await import('inquirer')).default;
  } finally {
    restore('FORCE_COLOR', FORCE_COLOR);
    restore('NO_COLOR', NO_COLOR);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
