import { MsaError, type ErrorCode } from '../../../model/errors.ts';
import type { SupervisorRefusal } from '../../../protocol/supervisor-api.ts';
import { SupervisorGone, SupervisorRefused } from './supervisor-client.ts';

const codes: Readonly<Record<SupervisorRefusal['code'], ErrorCode>> = {
  'bad-request': 'MSA_ENGINE_FAILED',
  unknown: 'MSA_INSTANCE_UNKNOWN',
  exists: 'MSA_ENGINE_FAILED',
  'not-runnable': 'MSA_SERVICE_UNRUNNABLE',
  closing: 'MSA_ENGINE_FAILED',
  failed: 'MSA_ENGINE_FAILED',
};

/** What the supervisor refused, as an error for people; anything else as it is. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof SupervisorRefused)
    return new MsaError(codes[error.code], error.message, {
      ...(error.code === 'not-runnable' ? { hint: 'Correct its command in msa.yaml, or install what it needs.' } : {}),
      cause: error,
    });
  if (error instanceof SupervisorGone)
    return new MsaError('MSA_ENGINE_FAILED', 'the supervisor ended in the middle of it', {
      hint: 'Look at what runs: msa ps. The next command clears away what it left.',
      cause: error,
    });
  return error;
}
