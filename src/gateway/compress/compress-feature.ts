import type { CompressPolicy } from '../../protocol/policies/compress.ts';
import { listOf } from '../http/fields.ts';
import { addVary } from '../http/vary.ts';
import type { Feature } from '../pipeline/feature.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { compressStream, compressWhole } from './compressors.ts';
import { compressedFields, isCompressible } from './decide-compression.ts';
import { codingChooser } from './negotiate-coding.ts';

/** Compresses answers for clients that take it. */
export const compressFeature: Feature = {
  name: 'compress',
  compile: ({ policy }) => (policy.compress ? { stage: compressStage(policy.compress) } : undefined),
};

/** Up to this size an answer is compressed by one call and keeps a length. */
const wholeBytes = 64 * 1024;

function compressStage(policy: CompressPolicy) {
  const choose = codingChooser(policy.codings);
  const begin = (head: ReplyHead, { request, method }: Incoming): BodyHandler | undefined => {
    // It has the fields the whole answer would have (RFC 9110, 15.4.5).
    if (head.status === 304) addVary(head.fields, 'Accept-Encoding');
    if (!isCompressible(head, policy)) return undefined;
    // As the client said it: for the service it may have been changed on the way.
    const coding = choose(listOf(request.rawHeaders, 'accept-encoding') ?? '');
    if (coding === undefined) {
      addVary(head.fields, 'Accept-Encoding');
      return undefined;
    }
    const { length } = head;
    head.fields = compressedFields(head.fields, coding);
    if (head.bodiless || method === 'HEAD') return undefined;
    if (length === undefined || length > wholeBytes)
      return { kind: 'stream', transform: compressStream(coding, length) };
    return {
      kind: 'whole',
      maxBytes: length,
      whenLarger: 'refuse',
      change: async (answer) => ({ ...answer, body: await compressWhole(answer.body, coding) }),
    };
  };
  return { begin };
}
