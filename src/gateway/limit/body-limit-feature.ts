import type { Feature } from '../pipeline/feature.ts';
import { refuse } from '../problems.ts';

/** How large the bodies of requests may be on one way. */
export function createBodyLimit(): Feature {
  return {
    name: 'maxBody',
    compile: ({ policy: { maxBodyBytes } }) => {
      if (maxBodyBytes === undefined) return undefined;
      if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 0) throw new Error('no number of bytes');
      const refusal = refuse('too-large', `${maxBodyBytes} bytes are allowed here.`);
      return {
        step: (incoming) => {
          // Those whose length is not known beforehand are measured as they come.
          incoming.maxBodyBytes = Math.min(incoming.maxBodyBytes, maxBodyBytes);
          return Number(incoming.head.contentLength ?? 0) > maxBodyBytes ? refusal : undefined;
        },
      };
    },
  };
}
