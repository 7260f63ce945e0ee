/** Frames of HTTP/2 as bytes, for what no client would send (RFC 9113, 4.1). */
export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, continuation: 9 } as const;
export const frameFlags = { endStream: 1, endHeaders: 4 } as const;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

interface FrameParts {
  readonly flags?: number;
  readonly streamId?: number;
  readonly payload?: Buffer;
}

export function frame(type: number, { flags = 0, streamId = 0, payload = Buffer.alloc(0) }: FrameParts = {}): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** A block of fields, none of them indexed or compressed (RFC 7541, 6.2.2). */
export function fieldBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), lengthAndText(name), lengthAndText(value)]),
  );
}

function lengthAndText(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length >= 127) throw new Error('too long for one byte');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** What begins a connection. */
export const opening = Buffer.concat([preface, frame(frameTypes.settings)]);

export function requestFrame(streamId: number, fields: readonly (readonly [string, string])[], flags = 5): Buffer {
  return frame(frameTypes.headers, { flags, streamId, payload: fieldBlock(fields) });
}

export const getFields: readonly (readonly [string, string])[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'a'],
  [':path', '/a'],
];

/** The frames in what has come back: type, stream and, of those that end something, the code. */
export function readFrames(bytes: Buffer): readonly { type: number; streamId: number; payload: Buffer }[] {
  const frames: { type: number; streamId: number; payload: Buffer }[] = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3);
    const payload = bytes.subarray(at + 9, at + 9 + length);
    frames.push({ type: bytes.readUInt8(at + 3), streamId: bytes.readUInt32BE(at + 5), payload });
    at += 9 + length;
  }
  return frames;
}
