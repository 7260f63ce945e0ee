import { MsaError } from '../../../model/errors.ts';
import type { HttpAnswer } from '../../../ports/http-caller.ts';

/** The whole body of an answer. One larger than the limit is let go of and refused. */
export async function readWhole({ body }: HttpAnswer, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new MsaError('MSA_ANSWER_TOO_LARGE', `the answer has more than ${maxBytes / 1024 ** 2} MiB`, {
        hint: 'Without --json and --follow it is written as it comes: msa call … > file',
      });
    }
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

/** Chunks one behind the other. */
export function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
