/** Messages of Postgres's protocol, version 3: a letter, a length that counts itself, a body. */
export interface WireMessage {
  readonly type: string;
  readonly body: Buffer;
}

const headerBytes = 5;

/** Takes whole messages off the front of what has come; gives them and the rest. */
export function takeMessages(bytes: Buffer): { readonly messages: readonly WireMessage[]; readonly rest: Buffer } {
  const messages: WireMessage[] = [];
  let at = 0;
  while (bytes.length - at >= headerBytes) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes.length < end) break;
    messages.push({ type: String.fromCodePoint(bytes[at] ?? 0), body: bytes.subarray(at + headerBytes, end) });
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}

export function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

/** The first message has no letter. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const protocolVersion = 0x00_03_00_00;
  const texts = Object.entries(parameters).flatMap(([name, value]) => [name, value]);
  const body = Buffer.concat([int32(protocolVersion), Buffer.from(`${texts.join('\0')}\0\0`)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** The fields of an error: `C` is its code, `M` its message. */
export function errorFields(body: Buffer): ReadonlyMap<string, string> {
  const fields = body.toString().split('\0');
  return new Map(fields.filter((field) => field !== '').map((field) => [field.slice(0, 1), field.slice(1)]));
}
