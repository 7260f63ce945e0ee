import { expect, it } from 'vitest';

import { removeChaos, setDelivery } from '../../../src/model/edit-delivery.ts';
import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

const shop = 'name: shop # the shop\nservices:\n  orders: { path: o }\n';
const environments = {
  staging: { deploy: 'sh deploy/compose.sh' },
  production: { deploy: 'sh deploy/compose.sh', approval: true },
};

it('adds the whole section behind what is there', () => {
  expect(setDelivery(shop, { pipelines: ['github'], registry: 'ghcr.io/acme/shop', environments }))
    .toBe(`${shop}delivery:
  pipelines: [github]
  registry: ghcr.io/acme/shop
  environments:
    staging:
      deploy: sh deploy/compose.sh
    production:
      deploy: sh deploy/compose.sh
      approval: true
`);
});

it('adds to what is said already, and keeps comments, order and style', () => {
  const text = `${shop}delivery:
    # ours
    registry: ghcr.io/acme/shop # public
    environments:
        staging: { deploy: d } # first
    pipelines: [github]
`;
  const edited = setDelivery(text, { pipelines: ['github', 'jenkins'], environments, chaos: ['orders'] });
  expect(edited).toBe(`${shop}delivery:
    # ours
    registry: ghcr.io/acme/shop # public
    environments:
        staging: { deploy: sh deploy/compose.sh } # first
        production:
          deploy: sh deploy/compose.sh
          approval: true
    pipelines: [github, jenkins]
    chaos: [orders]
`);
});

it.each(['', '{}', 'null', '\n  environments:', '\n  environments: {}', '{ environments: {} }', '{ chaos: [] }'])(
  'fills what is written as %j',
  (written) => {
    const text = `${shop}delivery: ${written}\n# end\n`;
    const edited = setDelivery(text, { registry: 'r:1', environments });
    const parsed = parseWorkspace(edited, { file: 'msa.yaml' });
    expect(parsed.ok && parsed.workspace.delivery?.environments.map(({ name }) => name)).toEqual([
      'staging',
      'production',
    ]);
    expect(edited).toContain('# end');
    expect(setDelivery(edited, { registry: 'r:1', environments })).toBe(edited);
  },
);

it('leaves what it is not told about', () => {
  const text = `${shop}delivery: { schedule: '0 3 * * 1', environments: { a: { deploy: d, url: 'http://a' } }, registry: r:1 }\n`;
  expect(setDelivery(text, { environments: { a: { deploy: 'd', approval: false } } })).toBe(
    text.replace("url: 'http://a' }", "url: 'http://a', approval: false }"),
  );
});

it.each([
  ['{ chaos: [orders, users], registry: r:1 }', '{ chaos: [users], registry: r:1 }'],
  ['{ registry: r:1, chaos: [orders] }', '{ registry: r:1 }'],
  ['{ chaos: [orders] }', '{}'],
  [
    '\n  # ours\n  chaos:\n    - users # first\n    - orders\n  registry: r:1',
    '\n  # ours\n  chaos:\n    - users # first\n  registry: r:1',
  ],
  ['\n  chaos: [orders]', ' {}'],
  ['{ chaos: [users] }', '{ chaos: [users] }'],
  ['', ''],
])('lets a service go that was to be killed: %j', (written, expected) => {
  expect(removeChaos(`${shop}delivery: ${written}\n# end\n`.replace(': \n', ':\n'), 'orders')).toBe(
    `${shop}delivery: ${expected}\n# end\n`.replace(': \n', ':\n').replace(':  {}', ': {}'),
  );
});
