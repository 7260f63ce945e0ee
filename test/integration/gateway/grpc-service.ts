import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  MethodDefinition,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';

const asText = (bytes: Buffer): string => bytes.toString();
const asBytes = (text: string): Buffer => Buffer.from(text);

function method(name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<string, string> {
  return {
    path: `/shop.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: asBytes,
    requestDeserialize: asText,
    responseSerialize: asBytes,
    responseDeserialize: asText,
  };
}

export const methods = {
  unary: method('Unary', false, false),
  collect: method('Collect', true, false),
  count: method('Count', false, true),
  chat: method('Chat', true, true),
};

/** A server of gRPC: says things once, gathers them, counts, or answers each; `fail` and `hang` are what they say. */
export async function startGrpcService() {
  const server = new Server();
  const calls = { cancelled: 0, unary: 0, deadlines: [] as unknown[], metadata: [] as Metadata[] };
  server.addService(methods, {
    unary: (call: ServerUnaryCall<string, string>, done: (error: object | null, answer?: string) => void) => {
      calls.unary += 1;
      calls.metadata.push(call.metadata);
      calls.deadlines.push(call.getDeadline());
      call.on('cancelled', () => (calls.cancelled += 1));
      const trailers = new Metadata();
      trailers.set('x-trailer', 'after');
      if (call.request === 'fail')
        return done({ code: status.FAILED_PRECONDITION, details: 'not today, 100 %', metadata: trailers });
      if (call.request !== 'hang') done(null, `heard ${call.request}`);
      return undefined;
    },
    collect: (call: ServerReadableStream<string, string>, done: (error: null, answer: string) => void) => {
      const heard: string[] = [];
      call.on('data', (text: string) => heard.push(text)).on('end', () => done(null, heard.join()));
    },
    count: (call: ServerWritableStream<string, string>) => {
      call.on('cancelled', () => (calls.cancelled += 1));
      for (let number = 1; number <= Number.parseInt(call.request, 10); number += 1) call.write(String(number));
      if (!call.request.endsWith('…')) call.end();
    },
    chat: (call: ServerDuplexStream<string, string>) => {
      call.on('data', (text: string) => call.write(`heard ${text}`)).on('end', () => call.end());
      call.on('cancelled', () => (calls.cancelled += 1));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    address: '127.0.0.1',
    port,
    calls,
    kill: () => server.forceShutdown(),
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

/** A client of it. */
export function grpcClient(port: number): Client & Disposable {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

export interface Told {
  readonly answer?: string | undefined;
  readonly code?: number | undefined;
  readonly details?: string | undefined;
  readonly trailers?: Metadata | undefined;
}

/** One question, and what came of it. */
export function askOnce(client: Client, text: string, options: { deadline?: number } = {}): Promise<Told> {
  const { path, requestSerialize, responseDeserialize } = methods.unary;
  return new Promise((resolve) => {
    let trailers: Metadata | undefined;
    client
      .makeUnaryRequest(path, requestSerialize, responseDeserialize, text, new Metadata(), options, (error, answer) =>
        setImmediate(() => resolve({ answer, code: error?.code, details: error?.details, trailers })),
      )
      .on('status', (told) => (trailers = told.metadata));
  });
}
