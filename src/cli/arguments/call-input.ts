import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { MsaError } from '../../model/errors.ts';
import type { HeaderField } from '../../ports/http-caller.ts';

/** A header as it is written on the command line: `Name: value`. */
export function parseHeader(text: string): HeaderField {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
  // oxlint-disable-next-line no-control-regex -- what no value may have
  if (name !== undefined && value !== undefined && !/[^\t\u0020-\u00FF]|\u007F/.test(value)) return [name, value];
  throw new MsaError('MSA_USAGE', `--header: ${JSON.stringify(text)} is no header`, {
    hint: "For example --header 'Accept: application/hal+json'",
  });
}

/** A method as HTTP knows it, in capitals. */
export function parseMethod(text: string): string {
  const method = text.toUpperCase();
  if (/^[A-Z]+$/.test(method) && method !== 'CONNECT') return method;
  const hint = text.startsWith('/') ? `The method comes first: msa call GET ${text}` : 'For example: msa call GET /';
  throw new MsaError('MSA_USAGE', `${JSON.stringify(text)} is no HTTP method`, { hint });
}

interface BodySource {
  readonly directory: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** True where the user named another type, of which nothing is known here. */
  readonly isOther: boolean;
}

/** What `--data` means: JSON as it stands, `@file`, or `-` for standard input. */
export async function readBody(text: string, source: BodySource): Promise<Uint8Array> {
  const bytes = await bytesOf(text, source);
  if (source.isOther) return bytes;
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const what = text === '-' ? 'what came on standard input' : JSON.stringify(shortened(text));
    throw new MsaError('MSA_USAGE', `--data: ${what} is no JSON`, {
      details: error instanceof SyntaxError ? [error.message] : [],
      hint: `Quote it for the shell: --data '{"item":"tea"}'. For other types add --header 'Content-Type: …'.`,
    });
  }
  return bytes;
}

async function bytesOf(text: string, { directory, stdin }: BodySource): Promise<Uint8Array> {
  if (text === '-') {
    if (stdin.isTTY !== true) return buffer(stdin);
    throw new MsaError('MSA_USAGE', '--data -: standard input is the terminal', {
      hint: 'Send it through a pipe, or name a file: --data @body.json',
    });
  }
  if (!text.startsWith('@')) return Buffer.from(text);
  const path = resolve(directory, text.slice(1));
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MsaError('MSA_READ_FAILED', `--data: ${path} cannot be read: ${reason}`, { cause: error });
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
