import { expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';
import { renderWorkspace } from '../../../src/model/render-workspace.ts';

const services = {
  users: { path: 'services/users', replicas: 2, routes: [{ path: '/users' }] },
  orders: { path: 'services/orders', calls: ['users'], routes: [{ path: '/orders', timeout: '2s' }] },
};

it('the first msa.yaml explains itself', () => {
  expect(renderWorkspace({ name: 'shop', engine: 'auto', schema: 'https://example.org/msa.schema.json', services }))
    .toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=https://example.org/msa.schema.json
    name: shop

    # What runs the instances: docker, process (plain processes), or auto: Docker when it answers.
    engine: auto

    gateway:
      port: 8080 # or auto, to take a free one

    # One entry per service: \`msa new service <name>\` adds one, \`msa validate\` checks them all.
    services:
      users:
        path: services/users
        replicas: 2
        routes:
          - path: /users
      orders:
        path: services/orders
        calls: [users]
        routes:
          - path: /orders
            timeout: 2s
    "
  `);
});

it('what is rendered can be parsed, with services and without', () => {
  const options = { name: 'null', engine: 'docker', schema: './schema.json' } as const;
  const empty = parseWorkspace(renderWorkspace(options), { file: 'msa.yaml' });
  expect(empty).toMatchObject({ ok: true, workspace: { name: 'null', engine: 'docker', services: [] } });
  const full = parseWorkspace(renderWorkspace({ ...options, services }), { file: 'msa.yaml' });
  expect(full).toMatchObject({ ok: true, workspace: { services: [{ name: 'users' }, { name: 'orders' }] } });
});
