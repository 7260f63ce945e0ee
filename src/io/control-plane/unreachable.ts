import { MsaError } from '../../model/errors.ts';

/** The error of a registry that cannot be talked with, in the words of what went wrong. */
export function unreachable(url: string, cause: unknown): MsaError {
  return new MsaError('MSA_REGISTRY_UNREACHABLE', `the registry at ${url} does not answer: ${reasonOf(cause)}`, {
    hint: 'See whether it runs: msa ps',
    cause,
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'connection reset';
  return cause.message;
}
