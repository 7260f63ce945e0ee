import { PassThrough } from 'node:stream';

import type Dockerode from 'dockerode';

/** All that comes through a stream in which Docker has put both of a program's streams together. */
export async function readStream(client: Dockerode, stream: NodeJS.ReadableStream): Promise<string> {
  const plain = new PassThrough();
  client.modem.demuxStream(stream, plain, plain);
  stream.on('end', () => plain.end());
  stream.on('error', (error) => plain.destroy(error));
  let text = '';
  for await (const chunk of plain) text += String(chunk);
  return text;
}
