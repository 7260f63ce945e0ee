import { MsaError } from '../../model/errors.ts';
import type { CommandResult } from '../arguments/command.ts';
import type { GlobalFlags } from '../arguments/global-options.ts';
import { describeBug, renderBug, type BugContext } from './bug-report.ts';
import type { Colors } from './colors.ts';
import { createColors, wantsColor } from './colors.ts';
import { createOutput, type Output } from './output.ts';
import type { OutputStream } from './output-stream.ts';
import { plainJson, plainJsonLine, plainText } from './plain-text.ts';
import { describeError, renderError } from './render-error.ts';

interface PrinterOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: GlobalFlags;
  /** With --json each object takes one line, errors too. */
  readonly jsonLines?: boolean;
}

/** The only way msa writes: results to stdout, everything else to stderr, nothing unsanitised to either. */
export interface Printer {
  /** For stdout. */
  readonly colors: Colors;
  /** What stdout offers, for text that is laid out. */
  readonly width: number;
  /** For commands whose result comes bit by bit. */
  readonly output: Output;
  /** Prints what a command gave back and returns the exit code. */
  readonly result: (result: CommandResult) => number;
  /** Prints an error, expected or not, and returns the exit code. */
  readonly failure: (error: unknown, context: BugContext) => number;
  /** A line of progress; silent with --quiet. */
  readonly say: (line: string) => void;
  /** A line that --quiet does not silence. */
  readonly warn: (line: string) => void;
}

/** Builds the printer of one call. */
export async function createPrinter(options: PrinterOptions): Promise<Printer> {
  const { stdout, stderr, env, flags, jsonLines = false } = options;
  const outColored = wantsColor(stdout, { env, flag: flags.color });
  const errColored = wantsColor(stderr, { env, flag: flags.color });
  const errColors = await createColors(errColored);
  const out = (text: string): void => write(stdout, plainText(text, { colored: outColored }));
  const warn = (text: string): void => write(stderr, plainText(text, { colored: errColored }));
  const json = (value: object): void => write(stdout, jsonLines ? plainJsonLine(value) : plainJson(value));

  const result = ({ data, text, exitCode, failure }: CommandResult): number => {
    const error = failure === undefined ? {} : { error: describeError(failure) };
    if (!flags.json && text !== '') out(text);
    if (flags.json && (data ?? failure) !== undefined) json({ ...data, ...error });
    if (failure !== undefined && !flags.json) warn(renderError(failure, errColors));
    return exitCode ?? failure?.exitCode ?? 0;
  };
  const failure = (error: unknown, context: BugContext): number => {
    const expected = error instanceof MsaError;
    const described = expected ? describeError(error) : describeBug(error, context);
    if (flags.json) json({ ...(jsonLines && { type: 'result' }), error: described });
    else warn(expected ? renderError(error, errColors) : renderBug(error, { ...context, colors: errColors }));
    if (flags.debug) warn(renderStack(error));
    else if (!expected && !flags.json) warn('Run the same command with --debug to see where it happened.');
    return expected ? error.exitCode : 1;
  };
  const say = (line: string): void => {
    if (!flags.quiet) warn(line);
  };
  const output = createOutput(stdout, { json: flags.json, colored: outColored });
  return { colors: await createColors(outColored), width: widthOf(stdout), output, result, failure, say, warn };
}

function write(stream: OutputStream, text: string): void {
  stream.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Wide enough for a table, never so wide that the eye loses the line. */
function widthOf(stdout: OutputStream): number {
  return Math.min(Math.max(stdout.columns ?? 80, 40), 100);
}

function renderStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${renderStack(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
