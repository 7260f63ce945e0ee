import { createHash } from 'node:crypto';

import { readAnswerFacts } from './answer-facts.ts';
import type { AnswerFacts } from './answer-facts.ts';
import type { Times } from './freshness.ts';

/** An answer as it is kept: complete, and without what was for one connection or one caller. */
export interface KeptAnswer extends Times {
  readonly status: number;
  /** Name and value in turn. */
  readonly fields: readonly string[];
  readonly body: Buffer;
  readonly facts: AnswerFacts;
}

export function keptAnswer(answer: Omit<KeptAnswer, 'facts'>): KeptAnswer {
  return { ...answer, facts: readAnswerFacts(answer.status, answer.fields) };
}

/*
 * In Redis: four letters that name the form, the length of the head, the head as JSON, the body, and a checksum over all
 * of it. A new form gets new letters, so that gateways of two versions never read each other's answers wrongly.
 */
const form = Buffer.from('MSA1');
const checksumBytes = 8;
const maxFields = 512;
const fieldName = /^[!#$%&'*+\-.^_`|~\w]+$/;
// eslint-disable-next-line no-control-regex -- these are the characters that would end a field.
const unsafeValue = /[\0\r\n]/;

export function encodeAnswer({ status, fields, body, requestedAt, receivedAt }: KeptAnswer): Buffer {
  const head = Buffer.from(JSON.stringify({ status, fields, requestedAt, receivedAt }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const parts = [form, length, head, body];
  return Buffer.concat([...parts, checksum(parts)]);
}

/** Reads it back; undefined when it is in another form, or damaged. */
export function decodeAnswer(bytes: Buffer): KeptAnswer | undefined {
  const fixed = form.length + 4;
  if (bytes.length < fixed + checksumBytes || !bytes.subarray(0, form.length).equals(form)) return undefined;
  const end = bytes.length - checksumBytes;
  const bodyAt = fixed + bytes.readUInt32BE(form.length);
  if (bodyAt > end || !checksum([bytes.subarray(0, end)]).equals(bytes.subarray(end))) return undefined;
  const head = readHead(bytes.subarray(fixed, bodyAt).toString());
  return head && keptAnswer({ ...head, body: bytes.subarray(bodyAt, end) });
}

function checksum(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, checksumBytes);
}

function readHead(text: string): Omit<KeptAnswer, 'facts' | 'body'> | undefined {
  const head = parseObject(text);
  if (!head) return undefined;
  const { status, fields, requestedAt, receivedAt } = head;
  if (!isStatus(status) || !isFields(fields) || !isTime(requestedAt) || !isTime(receivedAt)) return undefined;
  return { status, fields, requestedAt, receivedAt };
}

/** The object of a JSON text; undefined when it is none. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 200 && Number(value) < 600;
export const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1e15;

function isFields(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length % 2 === 1 || value.length > maxFields) return false;
  return value.every(
    (item: unknown, index) =>
      typeof item === 'string' && (index % 2 === 0 ? fieldName.test(item) : !unsafeValue.test(item)),
  );
}
