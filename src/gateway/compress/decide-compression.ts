import type { CompressionCoding, CompressPolicy } from '../../protocol/policies/compress.ts';
import { parseCacheControl } from '../cache/cache-control.ts';
import { listOf, removeField, setField } from '../http/fields.ts';
import { addVary } from '../http/vary.ts';

interface Head {
  readonly status: number;
  /** Name and value in turn. */
  readonly fields: readonly string[];
}

/** What shrinks, beside texts. */
const compressible: ReadonlySet<string> = new Set([
  'application/ecmascript',
  'application/graphql',
  'application/javascript',
  'application/json',
  'application/jsonl',
  'application/ndjson',
  'application/rtf',
  'application/toml',
  'application/wasm',
  'application/x-javascript',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'application/x-yaml',
  'application/xml',
  'application/yaml',
  'font/otf',
  'font/ttf',
  'image/bmp',
  'image/svg+xml',
  'image/x-icon',
]);
const suffixes = ['+json', '+xml', '+yaml', '+text'] as const;

/** Fields that hold for the bytes as they are (RFC 9530, RFC 9421). */
const ofBytes = ['content-digest', 'repr-digest', 'digest', 'content-md5', 'signature', 'content-range'] as const;
const withoutBody: ReadonlySet<number> = new Set([204, 205, 206, 304]);

/** Whether an answer may be compressed at all, whoever asks: then it differs by `Accept-Encoding`. */
export function isCompressible({ status, fields }: Head, { minBytes, types }: CompressPolicy): boolean {
  if (status < 200 || withoutBody.has(status)) return false;
  if (!isCompressibleType(listOf(fields, 'content-type'), types)) return false;
  const coding = listOf(fields, 'content-encoding');
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') return false;
  if (ofBytes.some((name) => listOf(fields, name) !== undefined)) return false;
  const length = listOf(fields, 'content-length');
  if (length !== undefined && Number(length) < minBytes) return false;
  return !parseCacheControl(listOf(fields, 'cache-control')).has('no-transform');
}

function isCompressibleType(value: string | undefined, more: readonly string[]): boolean {
  if (value === undefined) return false;
  const semicolon = value.indexOf(';');
  const type = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  // Nothing of an event stream may wait.
  if (type === 'text/event-stream') return false;
  if (type.startsWith('text/') || compressible.has(type) || suffixes.some((each) => type.endsWith(each))) return true;
  return more.includes(type) || more.includes(`${type.slice(0, type.indexOf('/'))}/*`);
}

/** What the head of an answer says of its body once that is compressed (RFC 9110, 8.4, 8.8.3.3 and 12.5.5). */
export function compressedFields(fields: readonly string[], coding: CompressionCoding): string[] {
  const changed = [...fields];
  addVary(changed, 'Accept-Encoding');
  setField(changed, 'content-encoding', coding);
  removeField(changed, 'content-length');
  // Parts of what is made as it goes cannot be asked for.
  removeField(changed, 'accept-ranges');
  const etag = listOf(changed, 'etag');
  // One strong tag must not stand for two different runs of bytes; a weak one says that they mean the same.
  if (etag !== undefined && !etag.startsWith('W/')) setField(changed, 'etag', `W/${etag}`);
  return changed;
}
