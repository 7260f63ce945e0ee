import { env } from 'node:process';

import { gitRepository, type GitRepository } from './git-repository.ts';
import { runMsaWith, type Run } from './run-msa.ts';

/** orders calls users and payments, payments calls ledger, and reports calls nobody; all but ledger have contracts. */
export const deliveryYaml = `name: shop
services:
  users:
    path: services/users
    routes: [{ path: /users }]
  orders:
    path: services/orders
    calls: [users, payments]
    routes: [{ path: /orders }]
  payments:
    path: services/payments
    calls: [ledger]
  ledger:
    path: services/ledger
  reports:
    path: services/reports
  legacy:
    image: ghcr.io/acme/legacy:1
`;

const contract = JSON.stringify({ openapi: '3.1.0', info: { title: 'A service', version: '1' }, paths: {} });

export const deliveryFiles: Readonly<Record<string, string>> = {
  'msa.yaml': deliveryYaml,
  'services/users/package.json': '{}',
  'services/users/openapi.json': contract,
  'services/orders/package.json': '{}',
  'services/orders/openapi.json': contract,
  'services/payments/go.mod': 'module payments\n',
  'services/payments/openapi.json': contract,
  'services/ledger/uv.lock': '',
  'services/reports/Dockerfile': 'FROM scratch\n',
  'services/reports/openapi.json': contract,
};

export interface DeliveryWorkspace extends GitRepository {
  /** The commit with all files. */
  readonly first: string;
  /** Runs msa in the workspace. */
  readonly run: (...argv: readonly string[]) => Promise<Run>;
  /** The names of the affected services and of those of the system test, for a range. */
  readonly affected: (...argv: readonly string[]) => Promise<readonly [services: string, system: string]>;
}

/** A repository with that workspace, in its root or in a folder of it, committed on `main`. */
export async function deliveryWorkspace(folder = ''): Promise<DeliveryWorkspace> {
  const repository = await gitRepository();
  const inFolder = (path: string): string => (folder === '' ? path : `${folder}/${path}`);
  const files = Object.entries(deliveryFiles).map(([path, text]) => [inFolder(path), text]);
  const first = await repository.commit(Object.fromEntries(files));
  const run = (...argv: readonly string[]): Promise<Run> =>
    runMsaWith({ env: { PATH: env['PATH'] } }, `${repository.root}/${folder}`, ...argv);
  return {
    ...repository,
    first,
    run,
    affected: async (...argv) => {
      const { exitCode, stdout, stderr } = await run('affected', ...argv, '--json');
      if (exitCode !== 0) throw new Error(`msa affected ended with ${exitCode}:\n${stdout}${stderr}`);
      const report: { services: { name: string }[]; system: string[] } = JSON.parse(stdout);
      return [report.services.map(({ name }) => name).join(' '), report.system.join(' ')];
    },
  };
}
