import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { service } from '../src/service.ts';
import { environment } from './support.ts';

test('the environment has sensible defaults', () => {
  const { host, port, serviceName, publicUrl } = readConfig(environment);
  assert.deepEqual([host, port, serviceName, publicUrl], ['127.0.0.1', 3000, service.name, undefined]);
});

test('every wrong variable is named at once, and no value that may hold a secret', () => {
  const wrong = {
    ...environment,
    PORT: '70000',
    LOG_LEVEL: 'loud',
    PUBLIC_URL: 'ftp://user:secret@x',
    TRUSTED_PROXIES: '10.0.0.0/99',
  };
  assert.throws(
    () => readConfig(wrong),
    ({ message }: Error) => {
      for (const variable of ['PORT', 'LOG_LEVEL', 'PUBLIC_URL', 'TRUSTED_PROXIES'])
        assert.match(message, new RegExp(variable));
      return !message.includes('secret');
    },
  );
});

test('trusted proxies are addresses and networks', () => {
  const { trusts } = readConfig({ ...environment, TRUSTED_PROXIES: '10.1.0.0/16, 192.0.2.7,fd00::/8' });
  const known = ['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', 'fd00::1', '10.2.0.1', '192.0.2.8', '', 'x'].filter(
    trusts,
  );
  assert.deepEqual(known, ['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', 'fd00::1']);
});
