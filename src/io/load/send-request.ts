import { finished } from 'node:stream/promises';

import type { Dispatcher } from 'undici';

import type { ProbeAnswer } from '../../ports/load.ts';
import { headers } from '../../protocol/headers.ts';
import { explainFailure } from './explain-failure.ts';

interface Request {
  readonly path: string;
  readonly timeoutMs: number;
}

type AnswerHeaders = Dispatcher.ResponseData['headers'];

/**
 * One GET, its answer read to the end. Never throws: what went wrong is part of what it gives. Destroying the dispatcher
 * cuts it off.
 */
export async function sendRequest(dispatcher: Dispatcher, { path, timeoutMs }: Request): Promise<ProbeAnswer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  let answer: Dispatcher.ResponseData | undefined;
  try {
    answer = await dispatcher.request({ path, method: 'GET', headers: { accept: '*/*' }, signal: deadline.signal });
    await finished(answer.body.resume());
    return describe(answer, explainStatus(answer));
  } catch (error) {
    const failure = deadline.signal.aborted ? `no complete answer within ${timeoutMs / 1000} s` : explainFailure(error);
    return describe(answer, answer === undefined ? failure : `status ${answer.statusCode}, then ${failure}`);
  } finally {
    clearTimeout(timer);
  }
}

function describe(answer: Dispatcher.ResponseData | undefined, failure: string | undefined): ProbeAnswer {
  return {
    status: answer?.statusCode,
    failure,
    instance: field(answer?.headers, headers.instance),
    requestId: field(answer?.headers, headers.requestId),
  };
}

/** The path answered below 400 before the experiment began, so 400 and above is a failure whatever it means otherwise. */
function explainStatus({ statusCode, headers: answered }: Dispatcher.ResponseData): string | undefined {
  if (statusCode < 400) return undefined;
  const gatewayError = field(answered, headers.gatewayError);
  return gatewayError === undefined ? `status ${statusCode}` : `status ${statusCode} by the gateway: ${gatewayError}`;
}

function field(answered: AnswerHeaders | undefined, name: string): string | undefined {
  const value = answered?.[name];
  return Array.isArray(value) ? value[0] : value;
}
