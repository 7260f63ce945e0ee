import { describe, expect, test } from 'vitest';

import { hideSecrets } from '../../../src/delivery/ci/hide-secrets.ts';

describe('secrets of the environment', () => {
  test.each([
    'NPM_TOKEN',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'PGPASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'STRIPE_API_KEY',
    'apiKey',
    'SSH_PRIVATE_KEY',
    'DOCKER_AUTH_CONFIG',
    'GH_PAT',
    'SESSION_COOKIE',
    'DB_PWD',
  ])('such as %s are hidden', (name) => {
    expect(hideSecrets({ [name]: 's3cr3t-value' })('before s3cr3t-value, s3cr3t-value')).toBe('before ***, ***');
  });

  test.each([
    'HOME',
    'PATH',
    'PWD',
    'OLDPWD',
    'CI',
    'SSH_AUTH_SOCK',
    'TOKEN_FILE',
    'KEYBOARD',
    'GIT_AUTHOR_NAME',
    'XDG_SESSION_TYPE',
  ])('%s is none', (name) => {
    expect(hideSecrets({ [name]: '/some/value' })('at /some/value')).toBe('at /some/value');
  });

  test('that are short are left, for they are found everywhere', () => {
    expect(hideSecrets({ TOKEN: 'true', PASSWORD: '' })('it is true')).toBe('it is true');
  });

  test('of several lines are hidden line by line', () => {
    const hide = hideSecrets({ PRIVATE_KEY: '-----BEGIN-----\nMIIEvQIBADAN\r\n-----END-----\n' });
    expect(hide('MIIEvQIBADAN')).toBe('***');
    expect(hide('x -----END----- y')).toBe('x *** y');
  });

  test('that hold one another are hidden whole', () => {
    expect(hideSecrets({ A_TOKEN: 'abcdef', B_TOKEN: 'abcdef-ghijkl' })('abcdef-ghijkl')).toBe('***');
  });

  test('are taken as texts, whatever they hold', () => {
    expect(hideSecrets({ TOKEN: '$&.*[a-z]' })('x $&.*[a-z] y')).toBe('x *** y');
  });
});
