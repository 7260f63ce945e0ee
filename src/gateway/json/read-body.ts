import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

import { fieldOf, removeField } from '../http/fields.ts';
import { isJsonType } from './media-type.ts';

const decoders = { gzip: promisify(gunzip), br: promisify(brotliDecompress), deflate: promisify(inflate) };
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether the fields of a message say, without doubt, that its body is a JSON document. */
export function hasJsonBody(fields: readonly string[]): boolean {
  let type: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.toLowerCase() !== 'content-type') continue;
    if (type !== undefined) return false;
    type = fields[index + 1];
  }
  return type !== undefined && isJsonType(type);
}

/** In which coding a body is, such as `gzip`; undefined when in none. */
export function codingOf(fields: readonly string[]): string | undefined {
  const coding = fieldOf(fields, 'content-encoding')?.trim().toLowerCase();
  return coding === '' || coding === 'identity' ? undefined : coding;
}

/** A body without its coding; fails when that is not known, or the body is broken or larger than allowed. */
export async function decodeBody(body: Buffer, coding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (coding === undefined) return body;
  if (coding !== 'gzip' && coding !== 'br' && coding !== 'deflate')
    throw new TypeError(`the coding ${coding} is unknown`);
  return decoders[coding](body, { maxOutputLength: maxBytes });
}

/** Throws when it is not UTF-8. */
export function textOf(body: Buffer): string {
  return utf8.decode(body);
}

/** Fields that are about the very bytes of a body. */
const aboutBytes = ['content-md5', 'digest', 'content-digest', 'repr-digest', 'accept-ranges', 'content-encoding'];

/** Takes out what no longer holds of a message whose body is another one. */
export function dropByteFields(fields: string[]): void {
  for (const name of aboutBytes) removeField(fields, name);
}

/**
 * Makes the validator of an answer a weak one: its bytes are not those that the service named with it, but they change
 * only when these do (RFC 9110, 8.8.1). The service compares it weakly and answers 304.
 */
export function weakenEtag(fields: string[]): void {
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    if (fields[index]?.toLowerCase() === 'etag' && value.startsWith('"')) fields[index + 1] = `W/${value}`;
  }
}
