import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { collectBody } from '../proxy/request-body.ts';
import type { RequestBody } from '../proxy/request-body.ts';

const none = Buffer.alloc(0);

/** The whole body of a request, for steps that need it; a larger one is refused. It can be asked for again. */
export async function wholeBody(incoming: Incoming, mostBytes: number): Promise<Buffer | Refusal> {
  const maxBytes = Math.min(mostBytes, incoming.maxBodyBytes);
  const { body, head, request, response, expectsContinue } = incoming;
  if (body?.kind === 'whole') return body.bytes.length > maxBytes ? tooLarge(maxBytes) : body.bytes;
  const length = Number(head.contentLength ?? 0);
  if (body?.kind === 'none' || (head.transferEncoding === undefined && length === 0)) return none;
  if (length > maxBytes || body?.kind === 'coming') return tooLarge(maxBytes);
  if (expectsContinue) response.writeContinue();
  const read = await new Promise<RequestBody>((done) => collectBody({ request, maxBytes, done }));
  incoming.body = read;
  return read.kind === 'whole' ? read.bytes : tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): Refusal {
  return refuse('too-large', `${maxBytes} bytes are allowed here.`);
}
