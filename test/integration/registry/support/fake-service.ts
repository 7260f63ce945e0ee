import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeService extends AsyncDisposable {
  readonly port: number;
  /** Paths it has been asked for. */
  readonly asked: readonly string[];
  /** How it answers from now on. */
  answer: (response: ServerResponse) => void;
  /** Refuses connections from now on, as a program that has died. */
  readonly die: () => Promise<void>;
  /** Listens again, on the same port. */
  readonly comeBack: () => Promise<void>;
}

export const answerWith =
  (status: number) =>
  (response: ServerResponse): void =>
    void response.writeHead(status).end();

/** A service on a free port that is well until told otherwise. */
export async function startService(): Promise<FakeService> {
  const asked: string[] = [];
  let server = createServer();
  const listen = async (port: number): Promise<void> => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      service.answer(response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  };
  const die = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const service: FakeService = {
    port,
    asked,
    answer: answerWith(200),
    die,
    comeBack: () => listen(port),
    [Symbol.asyncDispose]: die,
  };
  return service;
}

/** The row of a service's instance in a source's table. */
export function recordOf(id: string, { port }: { readonly port: number }, draining = false) {
  return { id, service: id.replace(/-\d+$/, ''), address: '127.0.0.1', port, draining };
}
