import type { BodyChange, QueryChange, TransformPolicy } from '../../protocol/policies/transform.ts';
import { removeField, setField } from '../http/fields.ts';
import { parseExactly, renderExactly } from '../json/exact-json.ts';
import { codingOf, decodeBody, dropByteFields, hasJsonBody, textOf, weakenEtag } from '../json/read-body.ts';
import type { Feature, FeatureContext, Layer } from '../pipeline/feature.ts';
import type { Outcome, WholeAnswer } from '../pipeline/outcome.ts';
import { problemAnswer } from '../pipeline/problem-answer.ts';
import type { BodyHandler, ReplyHead } from '../pipeline/reply-stage.ts';
import { wholeBody } from '../pipeline/whole-body.ts';
import { refuse } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { changeJson } from './change-json.ts';
import { changeQuery } from './change-query.ts';
import { checkTransform } from './check-transform.ts';

/** Changes queries and JSON bodies as a route says. */
export function createTransformation({ log }: Pick<FeatureContext, 'log'>): Feature {
  return {
    name: 'transform',
    compile: ({ policy: { transform }, name }) => {
      if (!transform) return undefined;
      checkTransform(transform);
      return compileTransform(transform, (error) =>
        log.say('warn', 'answer could not be changed', { target: name, problem: describeFailure(error) }),
      );
    },
  };
}

/** What JSON.parse says quotes what it read, and an answer may hold secrets. */
function describeFailure(error: unknown): string {
  return error instanceof SyntaxError ? 'it is not the JSON it says it is' : String(error);
}

function compileTransform(policy: TransformPolicy, onFailure: (error: unknown) => void): Layer {
  const { request, response, maxBytes } = policy;
  const answerChange = response?.body;
  return {
    ...((request || answerChange) && { step: (incoming) => changeRequest(incoming, policy) }),
    ...(answerChange && {
      stage: {
        begin: (head, incoming) => changeAnswer(head, incoming, { change: answerChange, maxBytes, onFailure }),
      },
    }),
  };
}

function changeRequest(incoming: Incoming, { request, response, maxBytes }: TransformPolicy) {
  const { fields } = incoming.head;
  if (request?.query) setQuery(incoming, request.query);
  if (response) {
    // A part of the answer, or one in a coding, could not be changed.
    setField(fields, 'accept-encoding', 'identity');
    removeField(fields, 'range');
    removeField(fields, 'if-range');
  }
  return request?.body && hasJsonBody(fields) ? changeBody(incoming, request.body, maxBytes) : undefined;
}

function setQuery(incoming: Incoming, change: QueryChange): void {
  incoming.onwardQuery = changeQuery(incoming.onwardQuery, change);
}

async function changeBody(incoming: Incoming, change: BodyChange, maxBytes: number): Promise<Outcome> {
  const { fields } = incoming.head;
  const coding = codingOf(fields);
  if (coding !== undefined) return refuse('unsupported-type', `A body in ${coding} cannot be changed here.`);
  const body = await wholeBody(incoming, maxBytes);
  if ('kind' in body) return body;
  if (body.length === 0) return undefined;
  try {
    incoming.body = { kind: 'whole', bytes: changeBytes(body, change) };
  } catch {
    return refuse('invalid-request', 'The body is not the JSON that its Content-Type says.');
  }
  dropByteFields(fields);
  return undefined;
}

function changeBytes(body: Buffer, change: BodyChange): Buffer {
  return Buffer.from(renderExactly(changeJson(parseExactly(textOf(body)), change)));
}

interface AnswerChange {
  readonly change: BodyChange;
  readonly maxBytes: number;
  readonly onFailure: (error: unknown) => void;
}

function changeAnswer(head: ReplyHead, incoming: Incoming, how: AnswerChange): BodyHandler | undefined {
  const { status, fields, bodiless } = head;
  const isWhole = status >= 200 && status < 300 && status !== 206;
  if (status === 304 || (isWhole && bodiless)) {
    weakenEtag(fields);
    // The length would be that of the service's own answer.
    if (hasJsonBody(fields) || status === 304) removeField(fields, 'content-length');
  }
  if (!isWhole || bodiless || !hasJsonBody(fields)) return undefined;
  const coding = codingOf(fields);
  dropByteFields(fields);
  weakenEtag(fields);
  return {
    kind: 'whole',
    maxBytes: how.maxBytes,
    whenLarger: 'refuse',
    change: async (answer): Promise<WholeAnswer> => {
      try {
        const body = await decodeBody(answer.body, coding, how.maxBytes);
        return { ...answer, body: changeBytes(body, how.change) };
      } catch (error) {
        how.onFailure(error);
        return problemAnswer(
          incoming,
          refuse('bad-gateway', 'The answer of the service is not the JSON it says it is.'),
        );
      }
    },
  };
}
