import { headerOf, parseJson, type Answered, type CallDeps } from '../../app/operate/call/call-gateway.ts';
import type { LinkReport } from '../../app/operate/call/describe-links.ts';
import { readLinks } from '../../app/operate/call/links.ts';
import { joined, readWhole } from '../../app/operate/call/read-whole.ts';
import type { HttpAnswer, HttpCaller } from '../../ports/http-caller.ts';
import type { Deps } from '../deps.ts';
import { shellWord } from '../shell-words.ts';
import { noColors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** What --json holds and a terminal shows at most; a pipe gets all there is. */
const maxShownBytes = 16 * 1024 ** 2;
/** Links are looked for in bodies up to this size; larger ones pass without being held. */
const maxLinkedBytes = 1024 ** 2;

/** An answer as one object: its body as JSON where it is, as text where it is that, and else in base64. */
export async function describeAnswer(
  { method, url, answer, unfollowed }: Answered,
  { http }: CallDeps,
): Promise<object> {
  const bytes = await readWhole(answer, maxShownBytes);
  const text = http.textOf(bytes);
  const json = isJson(answer) ? parseJson(text) : undefined;
  const { status, statusText, headers } = answer;
  return {
    request: { method, url },
    status,
    statusText,
    headers: headers.map(([name, value]) => ({ name, value })),
    ...(json !== undefined && { body: json }),
    ...(json === undefined && text !== undefined && { text }),
    ...(text === undefined && { base64: Buffer.from(bytes).toString('base64') }),
    links: readLinks(json),
    unfollowed,
  };
}

interface Printing {
  readonly deps: Deps;
  readonly http: HttpCaller;
  /** Status and headers before the body. */
  readonly include: boolean;
}

/**
 * Writes an answer and gives its body as JSON, if it is that and not too large. A pipe gets the very bytes, as they
 * come; a terminal gets JSON indented, other text made harmless, and no bytes that are no text.
 */
export async function printAnswer(answer: HttpAnswer, { deps, http, include }: Printing): Promise<unknown> {
  const { output, say } = deps;
  if (include) {
    output.line(`HTTP/1.1 ${answer.status} ${answer.statusText}`);
    for (const [name, value] of answer.headers) output.line(`${name}: ${value}`);
    output.line('');
  }
  if (!output.isTerminal) {
    const bytes = await passOn(answer, deps);
    return isJson(answer) && bytes !== undefined ? parseJson(http.textOf(bytes)) : undefined;
  }
  const bytes = await readWhole(answer, maxShownBytes);
  const text = http.textOf(bytes);
  if (text === undefined) {
    say(`${bytes.byteLength} bytes that are no text are not shown on a terminal; redirect them: msa call … > file`);
    return undefined;
  }
  const json = isJson(answer) ? parseJson(text) : undefined;
  if (text !== '') output.line(json === undefined ? text.replace(/\n$/, '') : JSON.stringify(json, null, 2));
  return json;
}

/** Writes the body as it comes; gives it back when it is small enough to look for links in it. */
async function passOn({ body }: HttpAnswer, { output }: Deps): Promise<Uint8Array | undefined> {
  let kept: Uint8Array[] | undefined = [];
  let size = 0;
  for await (const chunk of body) {
    output.bytes(chunk);
    if (output.closed.aborted) return undefined;
    size += chunk.byteLength;
    if (size > maxLinkedBytes) kept = undefined;
    kept?.push(chunk);
  }
  return kept && joined(kept, size);
}

function isJson(answer: HttpAnswer): boolean {
  return /^[^;]*[/+]json\b/i.test(headerOf(answer, 'content-type') ?? '');
}

/** The links of an answer, each with the command that follows it. */
export function renderLinks(links: readonly LinkReport[]): string {
  const rows = links.map(({ rel, method, href, command }) => [
    rel,
    method,
    command === undefined ? `${href} (not at this gateway)` : ['msa', ...command].map(shellWord).join(' '),
  ]);
  return `\n${renderTable(['LINK', 'METHOD', 'FOLLOW IT WITH'], rows, noColors)}`;
}
