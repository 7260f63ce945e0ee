import { readTarget } from '../http/normal-path.ts';
import { fieldProblem } from './field-rules.ts';
import { callLimits } from './messages.ts';
import type { CallResult, FieldChange, FilterAnswer, FilterRefusal } from './messages.ts';
import { FilterFailure } from './thread.ts';

type Unknown = Readonly<Record<string, unknown>>;

/**
 * Reads what a thread says a stage came to. The thread checks most of it too, so that errors name a line of the filter;
 * but it is the user's code that runs there, and it can say anything. Throws a FilterFailure.
 */
export function readResult(value: unknown): CallResult {
  const result = asRecord(value, 'result');
  const { fields, path, query, service, answer, refusal, status, body, problem, notes } = result;
  return {
    ...(fields !== undefined && { fields: readChanges(fields) }),
    ...(path !== undefined && { path: readPath(path) }),
    ...(query !== undefined && { query: readQuery(query) }),
    ...(service !== undefined && { service: readText(service, 'service', 100) }),
    ...(answer !== undefined && { answer: readAnswer(asRecord(answer, 'answer')) }),
    ...(refusal !== undefined && { refusal: readRefusal(asRecord(refusal, 'refusal')) }),
    ...(status !== undefined && { status: readStatus(status, 200) }),
    ...(body !== undefined && { body: readBody(body) }),
    ...(problem !== undefined && { problem: readPlain(problem, 'problem', callLimits.problemBytes) }),
    ...(notes !== undefined && { notes: readPlain(notes, 'notes', callLimits.notesBytes) }),
  };
}

function readChanges(value: unknown): readonly FieldChange[] {
  if (!Array.isArray(value) || value.length > callLimits.fieldChanges)
    throw wrong(`it changed more than ${callLimits.fieldChanges} header fields`);
  return value.map((change: unknown) => {
    const [kind, name, text] = Array.isArray(change) ? change : [];
    if (kind !== 'set' && kind !== 'append' && kind !== 'delete')
      throw wrong('it changed header fields in no known way');
    return [kind, ...readField(name, text)];
  });
}

function readField(name: unknown, value: unknown): [string, string] {
  if (typeof name !== 'string' || typeof value !== 'string') throw wrong('a header field of it is no text');
  const problem = fieldProblem(name, value);
  if (problem !== undefined) throw wrong(problem);
  return [name.toLowerCase(), value];
}

/** In the one form that is matched and sent on. */
function readPath(value: unknown): string {
  const target = readTarget(readText(value, 'path', callLimits.targetBytes));
  if (!('path' in target) || target.query !== '' || target.authority !== undefined)
    throw wrong('the path it wrote is none');
  if (!/^[!-~]*$/.test(target.path)) throw wrong('the path it wrote has characters that must be escaped');
  return target.path;
}

function readQuery(value: unknown): string {
  const query = readText(value, 'query', callLimits.targetBytes);
  if (!/^[!-"$-~]*$/.test(query)) throw wrong('the query it wrote has characters that must be escaped');
  return query;
}

function readAnswer({ status, fields, body }: Unknown): FilterAnswer {
  if (!Array.isArray(fields) || fields.length % 2 !== 0 || fields.length > 2 * callLimits.fieldChanges)
    throw wrong('the header fields of its answer are none');
  const checked: string[] = [];
  for (let index = 0; index < fields.length; index += 2) checked.push(...readField(fields[index], fields[index + 1]));
  return { status: readStatus(status, 200), fields: checked, body: readBody(body) };
}

function readRefusal({ status, detail }: Unknown): FilterRefusal {
  return { status: readStatus(status, 400), detail: String(detail).slice(0, callLimits.detailBytes) };
}

function readStatus(value: unknown, least: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= 599) return Number(value);
  throw wrong(`a status of it is not from ${least} to 599`);
}

function readBody(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrong('a body of it has no bytes');
  if (value.length > callLimits.bodyBytes) throw wrong(`a body of it has more than ${callLimits.bodyBytes} bytes`);
  return value;
}

/** Plain data, by way of JSON: nothing but values comes out of it. */
function readPlain(value: unknown, what: string, maxLength: number): Unknown {
  const text = toJson(asRecord(value, what), what);
  if (text.length > maxLength) throw wrong(`its ${what} have more than ${maxLength} characters`);
  return asRecord(JSON.parse(text), what);
}

function toJson(value: Unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw wrong(`its ${what} are no plain data`);
  }
}

function readText(value: unknown, what: string, maxLength: number): string {
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw wrong(`the ${what} it wrote is no text of at most ${maxLength} characters`);
}

function asRecord(value: unknown, what: string): Unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`its ${what} is no object`);
  return { ...value };
}

function wrong(problem: string): FilterFailure {
  return new FilterFailure('failed', problem);
}
