import type { MsaError } from '../../model/errors.ts';
import type { Colors } from './colors.ts';

/** An error for people: what happened with its code, the details below it, and at last the command that helps. */
export function renderError({ code, message, details, hint }: MsaError, colors: Colors): string {
  return [
    `${colors.red('error:')} ${message} ${colors.dim(`(${code})`)}`,
    ...details.map((line) => `  ${line.replaceAll('\n', '\n  ')}`),
    ...(hint === undefined ? [] : [`${colors.cyan('hint:')} ${hint}`]),
  ].join('\n');
}

/** An error for programs; every key is always there. */
export function describeError({ code, message, hint, details, data }: MsaError): object {
  return { code, message, hint: hint ?? null, details, data: data ?? null };
}
