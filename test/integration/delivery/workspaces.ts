import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runMsa } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A service of every kind that pipelines know, each as little as makes it one. */
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  orders: { 'package.json': '{ "name": "orders", "private": true }\n', 'package-lock.json': '{}\n' },
  web: { 'package.json': '{ "name": "web", "private": true }\n', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
  admin: { 'package.json': '{ "name": "admin", "private": true }\n', 'yarn.lock': '# yarn lockfile v1\n' },
  users: { 'uv.lock': 'version = 1\n', 'pyproject.toml': '[project]\nname = "users"\nversion = "1"\n' },
  reports: { 'requirements.txt': 'flask==3.1.2\n' },
  stock: { 'go.mod': 'module stock\n\ngo 1.26\n', 'go.sum': '' },
  billing: { 'pom.xml': '<project/>\n' },
  search: { gradlew: '#!/bin/sh\n', 'build.gradle': '' },
  legacy: {},
};

const text = `name: shop
services:
  users:
    path: services/users
  orders:
    path: services/orders
    calls: [users, stock]
    routes:
      - path: /orders
  web:
    path: services/web
  admin:
    path: services/admin
  reports:
    path: services/reports
  stock:
    path: services/stock
  billing:
    path: services/billing
  search:
    path: services/search
  legacy:
    path: services/legacy
  cache:
    image: docker.io/library/memcached:1
`;

/** A workspace of many languages, gone at the end of its `await using` scope. */
export async function polyglotWorkspace() {
  const dir = await tempDir();
  const files = Object.entries(kinds).flatMap(([name, own]) =>
    Object.entries({ ...own, Dockerfile: 'FROM debian:trixie-slim\n' }).map(
      ([file, content]) => [`services/${name}/${file}`, content] as const,
    ),
  );
  for (const [path, content] of [...files, ['msa.yaml', text] as const]) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), content);
  }
  return {
    root: dir.path,
    run: (...argv: readonly string[]) => runMsa(dir.path, ...argv),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** All that can be asked of a pipeline at once. */
export const everything = [
  '--registry=ghcr.io/acme/shop',
  '--environments=staging,production',
  '--delivery',
  '--canary',
  '--chaos=orders,kill:users',
  '--schedule=0 3 * * 1',
] as const;
