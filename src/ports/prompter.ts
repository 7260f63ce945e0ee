interface Question {
  readonly message: string;
  /** The option that answers it without a terminal, as the user would type it: `--store <store>`. */
  readonly flag: string;
}

export interface TextQuestion extends Question {
  readonly default?: string;
  /** A sentence that says what is wrong, or undefined when the answer is good. */
  readonly check?: (answer: string) => string | undefined;
}

export interface ChoiceQuestion<Value extends string> extends Question {
  readonly choices: readonly { readonly value: Value; readonly description?: string }[];
  readonly default?: Value;
}

/**
 * Asks the user. Without a terminal (or with --yes) it takes the default, and where there is none it throws
 * MSA_ANSWER_MISSING naming the flag.
 */
export interface Prompter {
  text(question: TextQuestion): Promise<string>;
  choose<Value extends string>(question: ChoiceQuestion<Value>): Promise<Value>;
  chooseMany<Value extends string>(question: ChoiceQuestion<Value>): Promise<readonly Value[]>;
  confirm(question: Question & { readonly default: boolean }): Promise<boolean>;
}
