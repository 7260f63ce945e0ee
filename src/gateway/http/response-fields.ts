import { headers } from '../../protocol/headers.ts';
import { nominatedFields, withoutFields } from './request-head.ts';

/** Name and value in turn: as bytes from undici, as texts from our own clients. */
export type RawFields = readonly (Buffer | string)[];

/** The head of an instance's answer, without what was only for the connection to it. */
export interface ResponseHead {
  /** Name and value in turn, as they were written. */
  readonly fields: string[];
  readonly contentLength: number | undefined;
  /** A coding other than chunked, or chunked twice, which cannot be passed on. */
  readonly strangeCoding: boolean;
}

const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'transfer-encoding',
  'upgrade',
  'te',
  headers.requestId,
  headers.instance,
  headers.gatewayError,
  headers.fallback,
  headers.partial,
]);

export function readResponseHead(raw: RawFields): ResponseHead {
  let fields: string[] = [];
  let connection = '';
  let contentLength: number | undefined;
  let isCoded = false;
  let strangeCoding = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = textOf(raw[index]);
    const value = textOf(raw[index + 1]);
    const lower = name.toLowerCase();
    if (!dropped.has(lower)) fields.push(name, value);
    if (lower === 'content-length') contentLength = Number(value);
    else if (lower === 'connection') connection = connection === '' ? value : `${connection},${value}`;
    else if (lower === 'transfer-encoding') {
      strangeCoding ||= isCoded || value.toLowerCase() !== 'chunked';
      isCoded = true;
    }
  }
  const nominated = nominatedFields(connection);
  if (nominated) fields = withoutFields(fields, nominated);
  return { fields, contentLength, strangeCoding };
}

/** Fields that must not come after the body, because they say how to read or route it (RFC 9110, 6.5.1). */
const notInTrailers: ReadonlySet<string> = new Set([
  ...dropped,
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'expires',
  'host',
  'location',
  'retry-after',
  'set-cookie',
  'trailer',
  'vary',
  'www-authenticate',
]);

export function readTrailers(raw: RawFields): [string, string][] {
  const trailers: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = textOf(raw[index]);
    if (!notInTrailers.has(name.toLowerCase())) trailers.push([name, textOf(raw[index + 1])]);
  }
  return trailers;
}

export function textOf(value: Buffer | string | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}
