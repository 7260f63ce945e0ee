import { expect } from 'vitest';

import { get, type Reply } from '../../scripts/hypermedia-client.js';
import { leftBehind } from './left-behind.ts';
import type { TinyWorkspace } from './tiny-workspace.ts';
import { waitUntil } from './wait-until.ts';

/** What `msa ps --json` says of a system, as far as the tests look at it. */
export interface Listed {
  readonly workspace: string;
  readonly engine: string;
  readonly url: string;
  readonly instances: readonly {
    readonly id: string;
    readonly unit: string;
    readonly role: string;
    readonly state: string;
    readonly status: string | null;
    readonly restarts: number;
    readonly startedAt: string | null;
    readonly pid: number | null;
  }[];
}

export async function list(workspace: TinyWorkspace): Promise<Listed> {
  const { stdout } = await workspace.done('ps', '--json');
  const listed: Listed = JSON.parse(stdout);
  return listed;
}

/** Ids of the instances of services, sorted. */
export function idsOf({ instances }: Listed): readonly string[] {
  return instances
    .filter(({ role }) => role === 'service')
    .map(({ id }) => id)
    .toSorted();
}

/** Asks the gateway again and again until `stop` is called; gives the answers that were no 200. */
export function keepAsking(url: string): { readonly stop: () => Promise<{ sent: number; failed: string[] }> } {
  const state = { over: false };
  let sent = 0;
  const failed: string[] = [];
  const ask = async (): Promise<void> => {
    while (!state.over) {
      sent += 1;
      const status = await get(url).then(
        (reply: Reply) => (reply.status === 200 ? '' : `${reply.status} ${JSON.stringify(reply.body)}`),
        (error: unknown) => String(error),
      );
      if (status !== '') failed.push(status);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const asking = Promise.all([ask(), ask(), ask(), ask()]);
  return {
    stop: async () => {
      state.over = true;
      await asking;
      return { sent, failed };
    },
  };
}

/** Nothing may be left; what is on its way out has a moment to go. */
export async function expectNothingLeft({ workspace }: Pick<Listed, 'workspace'>, root: string): Promise<void> {
  let left: readonly string[] = [];
  await waitUntil('nothing is left', async () => (left = await leftBehind(workspace, root)).length === 0, 5000).catch(
    () => undefined,
  );
  expect(left).toEqual([]);
}
