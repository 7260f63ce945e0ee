import { describe, expect, test } from 'vitest';

import { parseWorkspace } from '../../../src/model/parse-workspace.ts';

function parse(gateway: string, route = '') {
  const yaml = `name: shop\ngateway: { ${gateway} }\nservices: { a: { path: a, routes: [{ path: /a ${route} }] } }\n`;
  return parseWorkspace(yaml, { file: 'msa.yaml' });
}

describe('gateway.limits', () => {
  test('says what is written, and nothing else', () => {
    const limits =
      'limits: { body: 10m, headers: 16k, url: 4k, fields: 64, connections: 500, connectionsPerAddress: 50 }';
    const parsed = parse(limits, ', maxBody: 64k');
    expect(parsed).toMatchObject({ ok: true });
    expect(parsed.ok && parsed.workspace.gateway.policy?.limits).toEqual({
      maxBodyBytes: 10 * 1024 * 1024,
      maxHeaderBytes: 16 * 1024,
      maxTargetBytes: 4096,
      maxHeaderFields: 64,
      maxClientConnections: 500,
      maxConnectionsPerAddress: 50,
    });
    expect(parsed.ok && parsed.workspace.services[0]?.routes[0]?.policy).toEqual({ maxBodyBytes: 65_536 });
    const few = parse('limits: { fields: 64 }');
    expect(few.ok && few.workspace.gateway.policy).toEqual({ limits: { maxHeaderFields: 64 } });
    const none = parse('limits: {}');
    expect(none.ok && none.workspace.gateway.policy).toBe(undefined);
  });

  test.each([
    ['limits: 5', '`limits` must be a mapping such as `{ body: 10m, headers: 32k }`, but is the number `5`.'],
    ['limits: { body: 10 }', '`body` must be an amount with its unit, such as `64k` or `1m`, but is the number `10`.'],
    ['limits: { headers: 2m }', '`headers` must be from `1k` to `1m`, but is `2m`.'],
    ['limits: { fields: 1 }', '`fields` must be a whole number from 8 to 2000, but is the number `1`.'],
    ['limits: { connections: 0 }', '`connections` must be a whole number from 1 to 1000000, but is the number `0`.'],
    ['trustedProxies: 10.0.0.1', '`trustedProxies` must be a list such as `[10.0.0.0/8]`, but is `10.0.0.1`.'],
    [
      'trustedProxies: [proxy]',
      '`trustedProxies[0]` must be an address or a network, such as `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`, but is `proxy`.',
    ],
    [
      'trustedProxies: ["::/0"]',
      '`trustedProxies[0]` must be proxies and not everybody, who could then say to come from anywhere, but is `::/0`.',
    ],
    ['limits: { connectionPerAddress: 5 }', '`connectionPerAddress` is not a key msa knows in `limits`.'],
  ])('%s is told', (gateway, message) => {
    const parsed = parse(gateway);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.message)).toEqual([message]);
  });
});
