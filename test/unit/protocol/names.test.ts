import { describe, expect, it } from 'vitest';

import { environmentVariables } from '../../../src/protocol/environment.ts';
import { calleeVariable, nameProblem, reservedServiceNames, serviceNameProblem } from '../../../src/protocol/names.ts';

describe('a name', () => {
  it.each(['a', 'users', 'user-profile', 'a1', 'a--b', 'constructor', 'x'.repeat(40)])('may be %s', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(41), 'must have at most 40 characters (this has 41)'],
    ['2fa', 'must begin with a lower-case letter'],
    ['Users', 'must begin with a lower-case letter'],
    ['-a', 'must begin with a lower-case letter'],
    ['a-', 'must not end with a hyphen'],
    ['a_b', 'must consist of lower-case letters, digits and hyphens (it becomes a host name)'],
    ['a.b', 'must consist of lower-case letters, digits and hyphens (it becomes a host name)'],
    ['naïve', 'must consist of lower-case letters, digits and hyphens (it becomes a host name)'],
    ['a\n', 'must consist of lower-case letters, digits and hyphens (it becomes a host name)'],
  ])('cannot be %j', (name, problem) => {
    expect(nameProblem(name)).toBe(problem);
  });

  it('of a service cannot be one that msa uses', () => {
    for (const name of reservedServiceNames) expect(serviceNameProblem(name)).toContain('msa uses this one');
    expect(serviceNameProblem('users')).toBeUndefined();
  });
});

describe('the variable of a callee', () => {
  it('is its name in capitals with _URL', () => {
    expect(calleeVariable('user-profile')).toBe('USER_PROFILE_URL');
  });

  it('is never one that every service gets: those names are reserved', () => {
    const given = Object.values(environmentVariables).filter((variable) => variable.endsWith('_URL'));
    const reserved = new Set(reservedServiceNames.map(calleeVariable));
    expect(given.filter((variable) => !reserved.has(variable))).toEqual([]);
  });
});
