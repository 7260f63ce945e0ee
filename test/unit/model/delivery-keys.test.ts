import { describe, expect, it } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

const services = 'name: shop\nservices:\n  orders: { path: o }\n';

function parsed(delivery: string) {
  return parseWorkspace(`${services}delivery: ${delivery}\n`, { file: 'msa.yaml' });
}

function problems(delivery: string): readonly string[] {
  const result = parsed(delivery);
  if (result.ok) return [];
  return result.problems.map(({ line, column, path, message, hint }) =>
    [`${line}:${column} ${path}: ${message}`, ...(hint === undefined ? [] : [`[${hint}]`])].join(' '),
  );
}

describe('delivery', () => {
  it('is nothing where nothing is said', () => {
    const result = parseWorkspace(services, { file: 'msa.yaml' });
    expect(result.ok && result.workspace.delivery).toBe(undefined);
  });

  it('has defaults', () => {
    const result = parsed('{ registry: ghcr.io/acme/shop, environments: { test: { deploy: sh a.sh "b c" } } }');
    expect(result.ok && result.workspace.delivery).toEqual({
      pipelines: [],
      registry: 'ghcr.io/acme/shop',
      branch: 'main',
      schedule: undefined,
      chaos: [],
      environments: [
        {
          name: 'test',
          deploy: ['sh', 'a.sh', 'b c'],
          analyse: undefined,
          url: undefined,
          strategy: 'rolling',
          weights: [],
          approval: false,
        },
      ],
    });
  });

  it('gives a canary its steps', () => {
    const written = '{ registry: r:1, environments: { a: { deploy: d, strategy: canary } } }';
    const result = parsed(written);
    expect(result.ok && result.workspace.delivery?.environments[0]?.weights).toEqual([10, 50]);
  });

  it.each(['0 3 * * 1', '*/15 * * * *', '0 0 1,15 * *', '5 4-6/2 * 1-3 0'])('takes the schedule %s', (schedule) => {
    expect(problems(`{ schedule: '${schedule}' }`)).toEqual([]);
  });

  it.each([
    'localhost',
    'localhost:5000',
    'registry:5000/acme',
    'docker.io/acme',
    'ghcr.io/acme/shop',
    'registry.example.com:5000/a/b_c/d--e',
  ])('takes the registry %s', (registry) => {
    expect(problems(`{ registry: '${registry}' }`)).toEqual([]);
  });

  it.each(['main', 'release/1.0', 'Trunk', '2026'])('takes the branch %s', (branch) => {
    expect(problems(`{ branch: '${branch}' }`)).toEqual([]);
  });

  const five = 'must be five fields such as `0 3 * * 1`: minute, hour, day, month, weekday';
  const to = 'delivery.environments';

  it.each([
    [
      '{ pipelines: [circle] }',
      '4:25 delivery.pipelines[0]: `pipelines[0]` must be one of `github`, `gitlab`, `jenkins`, but is `circle`.',
    ],
    [
      '{ branch: "a$(id)" }',
      '4:21 delivery.branch: `branch` must be the name of a branch such as `main`, but is `a$(id)`.',
    ],
    [
      '{ branch: release/ }',
      '4:21 delivery.branch: `branch` must be the name of a branch such as `main`, but is `release/`.',
    ],
    ["{ schedule: '@daily' }", `4:23 delivery.schedule: \`schedule\` ${five}, but is \`@daily\`.`],
    [
      "{ schedule: '60 3 * * 1' }",
      '4:23 delivery.schedule: `schedule` must have 0 to 59 as its minute, but is `60 3 * * 1`.',
    ],
    [
      "{ schedule: '0 3 * * mon' }",
      '4:23 delivery.schedule: `schedule` must have 0 to 6 as its weekday, but is `0 3 * * mon`.',
    ],
    [
      "{ schedule: '0 5-3 * * *' }",
      '4:23 delivery.schedule: `schedule` must have 0 to 23 as its hour, but is `0 5-3 * * *`.',
    ],
    [
      '{ registry: "https://ghcr.io/acme" }',
      '4:23 delivery.registry: `registry` must be without `https://`, such as `ghcr.io/acme/shop`, but is `https://ghcr.io/acme`.',
    ],
    [
      '{ registry: ghcr.io/Acme }',
      '4:23 delivery.registry: `registry` must be in lower case, as registries demand it, but is `ghcr.io/Acme`.',
    ],
    [
      '{ registry: "a/$(id)" }',
      '4:23 delivery.registry: `registry` must be a registry with a path, such as `ghcr.io/acme/shop`, but is `a/$(id)`.',
    ],
    [
      '{ registry: acme/shop }',
      '4:23 delivery.registry: `registry` must begin with a host, such as `docker.io/acme/shop`, but is `acme/shop`.',
    ],
    [
      '{ registry: docker.io/acme/shop }',
      '4:23 delivery.registry: `registry` must have one name after `docker.io/`, since Docker Hub has no paths, but is `docker.io/acme/shop`.',
    ],
    ['{ chaos: [ordres] }', '4:21 delivery.chaos[0]: There is no service `ordres` to kill. [Did you mean `orders`?]'],
    [
      '{ environments: { a: { deploy: d } } }',
      `4:13 ${to}: Environments get images from a registry, and \`delivery\` names none. [Add one: \`registry: ghcr.io/acme/shop\`.]`,
    ],
    [
      '{ registry: r:1, environments: { Prod: { deploy: d } } }',
      `4:44 ${to}.Prod: The name of an environment must begin with a lower-case letter.`,
    ],
    ['{ registry: r:1, environments: { a: {} } }', `4:44 ${to}.a.deploy: \`deploy\` is missing; it must not be empty.`],
    [
      '{ registry: r:1, environments: { a: { deploy: "a && b" } } }',
      `4:57 ${to}.a.deploy: \`deploy\` must be one program with its arguments, since no shell runs it (\`sh -c "…"\` asks for one), but is \`a && b\`.`,
    ],
    [
      '{ registry: r:1, environments: { a: { deploy: d, url: "javascript:alert(1)" } } }',
      `4:65 ${to}.a.url: \`url\` must be an address such as \`https://staging.example.com\`, but is \`javascript:alert(1)\`.`,
    ],
    [
      '{ registry: r:1, environments: { a: { deploy: d, weights: [10] } } }',
      `4:60 ${to}.a.weights: \`weights\` are the steps of a canary. [Write \`strategy: canary\`, or remove them.]`,
    ],
    [
      '{ registry: r:1, environments: { a: { deploy: d, strategy: canary, weights: [50, 10] } } }',
      `4:87 ${to}.a.weights: \`weights\` must rise from step to step. [Write \`weights: [10, 50]\`.]`,
    ],
    [
      '{ registry: r:1, environments: { a: { deploy: d, strategy: canary, weights: [100] } } }',
      `4:88 ${to}.a.weights[0]: \`weights[0]\` must be a whole number of percent from 1 to 99, but is the number \`100\`.`,
    ],
    [
      '{ registry: r:1, environments: { a: { deploy: d, strategy: green } } }',
      `4:70 ${to}.a.strategy: \`strategy\` must be one of \`rolling\`, \`canary\`, \`blue-green\`, but is \`green\`.`,
    ],
  ])('%s', (written, expected) => {
    expect(problems(written)).toEqual([expected]);
  });
});
