import { describe, expect, it } from 'vitest';

import {
  addCall,
  addService,
  removeCall,
  removeService,
  setName,
  setReplicas,
} from '../../../src/model/edit-workspace.ts';
import { MsaError } from '../../../src/model/errors.ts';

const service = { path: 'services/cart', calls: ['users', 'orders'], routes: [{ path: '/cart' }] };
const block = [
  '  cart:',
  '    path: services/cart',
  '    calls: [users, orders]',
  '    routes:',
  '      - path: /cart',
  '',
].join('\n');

/** Awkward text whose every byte but the edit must stay. */
const awkward = `# yaml-language-server: $schema=x
# A very long line that no tool may fold: ${'lorem ipsum '.repeat(20)}
name:   'shop'   # the name

engine:     auto
gateway: { port: 8080,   bind: "127.0.0.1" }

services:
  # who buys
  users:
      path: "services/users"
      env: {A: 1,   B: 'x'}   # odd spaces
      description: a ${'long '.repeat(40)}text

  # what they buy
  orders:
    path: 'services/orders'
    calls:
      # needed for names
      - users   # always
    # replicas: 3

  # payments:
  #   path: services/payments

# the end
`;

describe('adding a service', () => {
  it('puts it behind the others, apart by a blank line where they are apart, and touches nothing else', () => {
    const edited = addService(awkward, 'cart', service);
    const marker = '  #   path: services/payments\n';
    expect(edited).toBe(awkward.replace(marker, `${marker}\n${block}`));
  });

  it.each([
    ['name: a\nservices:\n  users:\n    path: u\n', `name: a\nservices:\n  users:\n    path: u\n${block}`],
    ['name: a\n', `name: a\nservices:\n${block}`],
    ['name: a', `name: a\nservices:\n${block.trimEnd()}`],
    ['name: a\nservices: {}\n', `name: a\nservices:\n${block}`],
    ['name: a\nservices: {} # none yet\nengine: auto\n', `name: a\nservices: # none yet\n${block}engine: auto\n`],
    ['services:\n  # none yet\n\nname: a\n', `services:\n  # none yet\n${block}\nname: a\n`],
    ['name: a\nservices: ~\n', `name: a\nservices:\n${block}`],
    ['name: a\nservices:\n', `name: a\nservices:\n${block}`],
    [
      'name: a\nservices:\n  users: { path: u } # x',
      `name: a\nservices:\n  users: { path: u } # x\n${block.trimEnd()}`,
    ],
    [
      'name: a\nservices:\n  users:\n    description: |\n      text\n\n    path: u\n# end\n',
      `name: a\nservices:\n  users:\n    description: |\n      text\n\n    path: u\n${block}# end\n`,
    ],
    [
      'name: a\nservices:\n  users:\n    path: u\n    description: |\n      text\n',
      `name: a\nservices:\n  users:\n    path: u\n    description: |\n      text\n${block}`,
    ],
  ])('fits into %j', (before, after) => {
    expect(addService(before, 'cart', service)).toBe(after);
  });

  it('indents by four where the file does', () => {
    const before = 'name: a\nservices:\n    users:\n        path: u\n';
    const after = `${before}    cart:\n        path: c\n`;
    expect(addService(before, 'cart', { path: 'c' })).toBe(after);
  });

  it('writes flow style into flow style', () => {
    expect(addService('name: a\nservices: { users: { path: u } }\n', 'cart', { path: 'c' })).toBe(
      'name: a\nservices: { users: { path: u }, cart: { path: c } }\n',
    );
    expect(addService('name: a\nservices: {\n  users: { path: u }, # first\n}\n', 'cart', { path: 'c' })).toBe(
      'name: a\nservices: {\n  users: { path: u },\n  cart: { path: c }, # first\n}\n',
    );
    expect(addService('{ name: a, services: {} }', 'cart', { path: 'c' })).toBe(
      '{ name: a, services: { cart: { path: c } } }',
    );
    expect(addService('{ name: a }', 'cart', { path: 'c' })).toBe('{ name: a, services: { cart: { path: c } } }');
  });

  it('keeps Windows line endings and the byte order mark', () => {
    const before = '\uFEFFname: a\r\nservices:\r\n  users:\r\n    path: u # x\r\n\r\n# end\r\n';
    expect(addService(before, 'cart', { path: 'c', replicas: 2 })).toBe(
      '\uFEFFname: a\r\nservices:\r\n  users:\r\n    path: u # x\r\n  cart:\r\n    path: c\r\n    replicas: 2\r\n\r\n# end\r\n',
    );
  });

  it('quotes a name that YAML would read as something else', () => {
    expect(addService('name: a\nservices: {}\n', 'null', { path: 'c' })).toBe(
      'name: a\nservices:\n  "null":\n    path: c\n',
    );
  });

  it('refuses a name that is taken, and a file it would damage', () => {
    expect(() => addService(awkward, 'users', service)).toThrow('already has a service users');
    const aliased = 'name: a\nx: &s { users: { path: u } }\nservices: *s\n';
    expect(() => addService(aliased, 'cart', { path: 'c' })).toThrow(MsaError);
    expect(() => addService('name: a\nservices: [', 'cart', { path: 'c' })).toThrow('cannot be read');
  });
});

describe('removing a service', () => {
  it('takes its own comments along, leaves all others, and says who still calls it', () => {
    const { text, calledBy } = removeService(awkward, 'users');
    const start = awkward.indexOf('  # who buys');
    expect(text).toBe(awkward.slice(0, start) + awkward.slice(awkward.indexOf('\n  # what they buy')));
    expect(calledBy).toEqual(['orders']);
  });

  it.each([
    ['name: a\nservices:\n  b:\n    path: b\n', 'name: a\nservices: {}\n'],
    ['name: a\nservices: # all\n  b:\n    path: b\n', 'name: a\nservices: {} # all\n'],
    ['name: a\nservices: { b: { path: b } }\n', 'name: a\nservices: {}\n'],
    ['name: a\nservices: { b: { path: b }, c: { path: c } }\n', 'name: a\nservices: { c: { path: c } }\n'],
    ['name: a\nservices: { c: { path: c }, b: { path: b } }\n', 'name: a\nservices: { c: { path: c } }\n'],
    ['name: a\nservices:\n  c:\n    path: c\n\n  b:\n    path: b', 'name: a\nservices:\n  c:\n    path: c'],
    [
      'services:\r\n  b:\r\n    path: b\r\n  c:\r\n    path: c\r\nname: a\r\n',
      'services:\r\n  c:\r\n    path: c\r\nname: a\r\n',
    ],
  ])('leaves a good file of %j', (before, after) => {
    expect(removeService(before, 'b').text).toBe(after);
  });

  it('is undone by nothing but what adding wrote', () => {
    expect(removeService(addService(awkward, 'cart', service), 'cart').text).toBe(awkward);
  });

  it('refuses a service that is not there, naming those that are', () => {
    expect(() => removeService(awkward, 'cart')).toThrow('no service `cart`');
  });
});

function withCalls(calls: string): string {
  return `name: a\nservices:\n  a:\n    path: a\n${calls}  b:\n    path: b\n`;
}

describe('calls', () => {
  it.each([
    ['', '    calls: [b]\n'],
    ['    calls:\n', '    calls: [b]\n'],
    ['    calls: []  # none\n', '    calls: [b]  # none\n'],
    ['    calls: [c]\n', '    calls: [c, b]\n'],
    ['    calls: [ "c", ] # x\n', '    calls: [ "c", b, ] # x\n'],
    ['    calls:\n      - c # why\n', '    calls:\n      - c # why\n      - b\n'],
    ['    calls:\n    - c\n    port: 1\n', '    calls:\n    - c\n    - b\n    port: 1\n'],
    ['    calls: [b]\n', '    calls: [b]\n'],
    ['    calls: [{ service: b, timeout: 1s }]\n', '    calls: [{ service: b, timeout: 1s }]\n'],
    ['    calls: [{ service: c }]\n', '    calls: [{ service: c }, b]\n'],
    [
      '    calls:\n      - service: c\n        timeout: 1s\n',
      '    calls:\n      - service: c\n        timeout: 1s\n      - b\n',
    ],
  ])('%j becomes %j when one is added', (before, after) => {
    expect(addCall(withCalls(before), 'a', 'b')).toBe(withCalls(after));
  });

  it.each([
    ['    calls: [b] # x\n', ''],
    ['    calls: [b, c]\n', '    calls: [c]\n'],
    ['    calls: [c,  b ]\n', '    calls: [c ]\n'],
    ['    calls:\n      # why\n      - b\n      - c\n', '    calls:\n      - c\n'],
    ['    calls:\n      - b\n', ''],
    ['    calls: [{ service: b, timeout: 1s }, c]\n', '    calls: [c]\n'],
    ['    calls:\n      - c\n      # slow\n      - service: b\n        timeout: 1s\n', '    calls:\n      - c\n'],
    ['    calls:\n      - { service: b }\n', ''],
    ['    calls: [c]\n', '    calls: [c]\n'],
  ])('%j becomes %j when one is removed', (before, after) => {
    expect(removeCall(withCalls(before), 'a', 'b')).toBe(withCalls(after));
  });

  it('of a service in flow style stay in flow style', () => {
    const before = 'name: a\nservices: { a: { path: a }, b: { path: b } }\n';
    const after = 'name: a\nservices: { a: { path: a, calls: [ b ] }, b: { path: b } }\n';
    expect(addCall(before, 'a', 'b')).toBe(after);
    expect(removeCall(after, 'a', 'b')).toBe(before);
  });

  it('need a caller that exists', () => {
    expect(() => addCall(withCalls(''), 'x', 'b')).toThrow('no service `x`');
  });
});

describe('renaming the workspace', () => {
  it.each([
    ['name: a # x\n', 'name: shop # x\n'],
    ['name: "a"\n', 'name: "shop"\n'],
    ["engine: auto\nname:   'a'\r\n", "engine: auto\nname:   'shop'\r\n"],
  ])('turns %j into %j', (before, after) => {
    expect(setName(before, 'shop')).toBe(after);
  });
});

describe('saying how many instances run', () => {
  it.each([
    ['services:\n  a: { path: a }\n', 'services:\n  a: { path: a, replicas: 3 }\n'],
    [
      'services:\n  a: { path: a, replicas: 1, store: redis } # x\n',
      'services:\n  a: { path: a, replicas: 3, store: redis } # x\n',
    ],
    [
      'services:\n  a:\n    replicas:   2   # two\n    path: a\n',
      'services:\n  a:\n    replicas:   3   # two\n    path: a\n',
    ],
    ['services:\n  a:\n    replicas:\n    path: a\n', 'services:\n  a:\n    replicas: 3\n    path: a\n'],
    ['services:\n    a:\n        path: a\n', 'services:\n    a:\n        path: a\n        replicas: 3\n'],
    [
      'services:\n  a:\n    path: a\n    # end of a\n\n  b: { path: b }\n',
      'services:\n  a:\n    path: a\n    # end of a\n    replicas: 3\n\n  b: { path: b }\n',
    ],
    ['\uFEFFservices:\r\n  a:\r\n    path: a\r\n', '\uFEFFservices:\r\n  a:\r\n    path: a\r\n    replicas: 3\r\n'],
  ])('in %j', (before, after) => {
    expect(setReplicas(before, 'a', 3)).toBe(after);
  });

  it('changes nothing but that in an awkward file', () => {
    expect(setReplicas(awkward, 'users', 0)).toBe(
      awkward.replace(/( {6}description: a .*text\n)/, '$1      replicas: 0\n'),
    );
  });

  it('gives the same text when it says so already', () => {
    const text = 'services:\n  a: {path: a,  replicas: 3}\n';
    expect(setReplicas(text, 'a', 3)).toBe(text);
  });

  it('refuses a service there is not, naming those there are', () => {
    expect(() => setReplicas(awkward, 'carts', 1)).toThrow(
      expect.objectContaining({ code: 'MSA_SERVICE_UNKNOWN', hint: 'Its services are: users, orders.' }),
    );
  });

  it('refuses a file in which the same text says it for another service too', () => {
    const text = 'services:\n  a: &a\n    path: a\n  b:\n    <<: *a\n    path: b\n';
    expect(() => setReplicas(text, 'a', 2)).toThrow(MsaError);
  });
});
