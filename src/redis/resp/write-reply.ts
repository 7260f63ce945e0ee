import { formatDouble } from '../numbers/doubles.ts';
import type { Reply } from './reply.ts';

export type Protocol = 2 | 3;

/** Where encoded replies go; each text is a byte string. */
export interface ReplySink {
  readonly protocol: Protocol;
  write(text: string): void;
}

/** Writes a reply in the sink's protocol. Long ones go out piece by piece, so that no limit is met only at their end. */
export function writeReply(sink: ReplySink, reply: Reply): void {
  if (typeof reply === 'string') sink.write(`$${reply.length}\r\n${reply}\r\n`);
  else if (typeof reply === 'number' || typeof reply === 'bigint') sink.write(`:${reply}\r\n`);
  else if (reply === null) sink.write(sink.protocol === 3 ? '_\r\n' : '$-1\r\n');
  else if (isList(reply)) writeItems(sink, '*', reply);
  else writeSpecial(sink, reply);
}

function isList(reply: Exclude<Reply, string | number | bigint | null>): reply is readonly Reply[] {
  return Array.isArray(reply);
}

type Special = Extract<Reply, { readonly kind: string }>;

function writeSpecial(sink: ReplySink, reply: Special): void {
  switch (reply.kind) {
    case 'status':
      return sink.write(`+${reply.text}\r\n`);
    case 'error':
      // A line end in the text, which may quote an argument, would end the reply.
      return sink.write(`-${reply.text.replaceAll(/[\r\n]/g, ' ')}\r\n`);
    case 'set':
      return writeItems(sink, sink.protocol === 3 ? '~' : '*', reply.items);
    case 'push':
      return writeItems(sink, sink.protocol === 3 ? '>' : '*', reply.items);
    case 'null-array':
      return sink.write(sink.protocol === 3 ? '_\r\n' : '*-1\r\n');
    case 'none':
      return undefined;
    case 'double':
    case 'verbatim':
      return writeScalar(sink, reply);
    case 'map':
    case 'pairs':
      return writeEntries(sink, reply);
  }
}

function writeScalar(sink: ReplySink, reply: Extract<Special, { readonly kind: 'double' | 'verbatim' }>): void {
  const text = reply.kind === 'double' ? formatDouble(reply.value) : reply.text;
  if (sink.protocol === 2) sink.write(`$${text.length}\r\n${text}\r\n`);
  else if (reply.kind === 'double') sink.write(`,${text}\r\n`);
  else sink.write(`=${text.length + 4}\r\ntxt:${text}\r\n`);
}

function writeEntries(sink: ReplySink, { kind, entries }: Extract<Special, { readonly kind: 'map' | 'pairs' }>): void {
  if (sink.protocol === 2) sink.write(`*${entries.length * 2}\r\n`);
  else sink.write(`${kind === 'map' ? '%' : '*'}${entries.length}\r\n`);
  for (const [left, right] of entries) {
    if (sink.protocol === 3 && kind === 'pairs') sink.write('*2\r\n');
    writeReply(sink, left);
    writeReply(sink, right);
  }
}

function writeItems(sink: ReplySink, mark: string, items: readonly Reply[]): void {
  sink.write(`${mark}${items.length}\r\n`);
  for (const item of items) writeReply(sink, item);
}
