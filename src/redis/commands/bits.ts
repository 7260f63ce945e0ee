import { refuse, syntaxError } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, oneKey, type CommandTable } from './command.ts';
import { clampByteRange } from './index-range.ts';

const offsetError = 'ERR bit offset is not an integer or out of range';

function getBit(args: readonly string[], session: Session): Reply {
  const offset = readOffset(argument(args, 1), session);
  return bitAt(session.database.getAs(argument(args, 0), 'string') ?? '', offset);
}

function setBit(args: readonly string[], session: Session): Reply {
  const { database } = session;
  const [key, offset, bit] = [argument(args, 0), readOffset(argument(args, 1), session), argument(args, 2)];
  if (bit !== '0' && bit !== '1') refuse('ERR bit is not an integer or out of range');
  const value = database.getAs(key, 'string') ?? '';
  const index = offset >>> 3;
  const padded = value.padEnd(index + 1, '\0');
  const mask = 0x80 >>> (offset & 7);
  const code = padded.charCodeAt(index);
  const changed = String.fromCharCode(bit === '1' ? code | mask : code & ~mask);
  database.replace(key, padded.slice(0, index) + changed + padded.slice(index + 1));
  return (code & mask) === 0 ? 0 : 1;
}

function countBits(args: readonly string[], { database }: Session): Reply {
  if (args.length === 2 || args.length > 4) refuse(syntaxError);
  const range =
    args.length > 1 ? { first: readInteger(argument(args, 1)), last: readInteger(argument(args, 2)) } : undefined;
  const unit = args[3]?.toUpperCase() ?? 'BYTE';
  if (unit !== 'BYTE' && unit !== 'BIT') refuse(syntaxError);
  const value = database.getAs(argument(args, 0), 'string') ?? '';
  const length = unit === 'BIT' ? value.length * 8 : value.length;
  const { start, end } = clampByteRange(range ?? { first: 0, last: -1 }, length);
  return unit === 'BIT' ? countRange(value, start, end) : countRange(value, start * 8, end * 8);
}

function countRange(value: string, start: number, end: number): number {
  let count = 0;
  let offset = start;
  while (offset < end) {
    const isWhole = (offset & 7) === 0 && offset + 8 <= end;
    count += isWhole ? onesOf(value.charCodeAt(offset >>> 3)) : bitAt(value, offset);
    offset += isWhole ? 8 : 1;
  }
  return count;
}

function onesOf(byte: number): number {
  const pairs = byte - ((byte >>> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >>> 2) & 0x33);
  return (nibbles + (nibbles >>> 4)) & 0x0f;
}

function bitAt(value: string, offset: number): number {
  const index = Math.floor(offset / 8);
  return index < value.length ? (value.charCodeAt(index) >>> (7 - (offset % 8))) & 1 : 0;
}

function readOffset(text: string, { instance }: Session): number {
  const offset = readInteger(text, offsetError);
  return offset < 0 || offset >= instance.limits.maxStringBytes * 8 ? refuse(offsetError) : offset;
}

export const bitCommands: CommandTable = {
  getbit: { arity: 3, flags: 'readonly fast', keys: oneKey, run: getBit },
  setbit: { arity: 4, flags: 'write denyoom', keys: oneKey, run: setBit },
  bitcount: { arity: -2, flags: 'readonly', keys: oneKey, run: countBits },
};
