/** Colour for text that goes to stdout; the identity functions when that stream wants none. */
export interface Colors {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly magenta: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** The part of a stream that decides about colours. */
export interface MaybeTerminal {
  readonly isTTY?: boolean | undefined;
}

interface Wish {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What --color or --no-color said. */
  readonly flag: boolean | undefined;
}

/** Decides about colours for one stream: the option, FORCE_COLOR, NO_COLOR, TERM=dumb, the terminal, in this order. */
export function wantsColor(stream: MaybeTerminal, { env, flag }: Wish): boolean {
  if (flag !== undefined) return flag;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

const same = (text: string): string => text;

/** Functions that leave text as it is. */
export const noColors: Colors = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  blue: same,
  magenta: same,
  cyan: same,
};

/** Colours from chalk, loaded only here; the level is ours because chalk does not know NO_COLOR. */
export async function createColors(wanted: boolean): Promise<Colors> {
  if (!wanted) return noColors;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    red: (text) => chalk.red(text),
    green: (text) => chalk.green(text),
    yellow: (text) => chalk.yellow(text),
    blue: (text) => chalk.blue(text),
    magenta: (text) => chalk.magenta(text),
    cyan: (text) => chalk.cyan(text),
  };
}
