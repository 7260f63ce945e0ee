import { MsaError } from '../../../model/errors.ts';
import type { DockerHost } from './find-docker.ts';

/** The daemon's refusal of a request. */
export class DaemonRefusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, words: string) {
    super(words);
    this.statusCode = statusCode;
  }
}

/** Status of a refusal, told by us or by dockerode; undefined when the daemon did not answer at all. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof MsaError) return statusOf(error.cause);
  const status = fieldOf(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** What the daemon said, without what dockerode puts around it. */
export function wordsOf(error: unknown): string {
  if (error instanceof MsaError && error.cause !== undefined) return wordsOf(error.cause);
  const said = fieldOf(fieldOf(error, 'json'), 'message');
  if (typeof said === 'string') return said.trim();
  return error instanceof Error ? error.message.trim() : String(error);
}

/** Makes of whatever a call to the daemon threw an error for people. `doing` reads on from "Docker could not". */
export function engineError(error: unknown, doing: string, host: DockerHost): Error {
  if (error instanceof MsaError || isAbort(error)) return error;
  if (statusOf(error) !== undefined) {
    const words = wordsOf(error);
    const full = /no space left on device/i.test(words);
    return new MsaError('MSA_ENGINE_FAILED', `Docker could not ${doing}: ${words}`, {
      ...(full ? { hint: 'Make room: `docker system df` shows what takes it' } : {}),
      cause: error,
    });
  }
  const { reason, fix } = explainSilence(error, host);
  return new MsaError('MSA_ENGINE_UNAVAILABLE', `Docker could not ${doing}: ${reason}`, { hint: fix, cause: error });
}

/** Why no answer came, and what to do about it. */
function explainSilence(error: unknown, { connection, url, source }: DockerHost): Explanation {
  const where = connection.kind === 'socket' ? connection.path : url;
  const orProcesses = 'or run without it: msa up --engine process';
  switch (fieldOf(error, 'code')) {
    case 'ENOENT':
      return {
        reason: `there is no socket at ${where} (${source})`,
        fix: `Start Docker, or install it: https://docs.docker.com/get-docker/; ${orProcesses}`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        reason: `this user may not use ${where}`,
        fix: `Join the group: sudo usermod -aG docker "$USER", then log in again; ${orProcesses}`,
      };
    case 'ECONNREFUSED':
      return { reason: `nothing listens at ${where}: Docker is not running`, fix: `Start Docker; ${orProcesses}` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: `the host of ${where} (${source}) is not known`, fix: `Correct it, ${orProcesses}` };
    case 'ETIMEDOUT':
      return {
        reason: `${where} does not answer`,
        fix: `See whether \`docker info\` answers and restart Docker; ${orProcesses}`,
      };
    default:
      return {
        reason: `${where} broke off: ${wordsOf(error)}`,
        fix: `See whether \`docker info\` answers; ${orProcesses}`,
      };
  }
}

interface Explanation {
  readonly reason: string;
  readonly fix: string;
}

function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === 'AbortError';
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
