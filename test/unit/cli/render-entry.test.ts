import { expect, test } from 'vitest';

import { renderEntry } from '../../../src/cli/render/render-entry.ts';
import type { AuthRequirement } from '../../../src/protocol/policies/auth.ts';
import type { RoutePolicy } from '../../../src/protocol/policy.ts';

const required: AuthRequirement = { mode: 'required', scopes: [], roles: [] };
const auth = { ...required, methods: {}, forwardToken: true };

test.each<[RoutePolicy, string]>([
  [{}, '-'],
  [{ auth }, 'token'],
  [{ auth: { ...auth, mode: 'optional' } }, 'token, optional'],
  [{ auth: { ...auth, scopes: ['a', 'b'], roles: ['x', 'y'] } }, 'token with a, b, x or y'],
  [
    { auth: { ...auth, methods: { GET: { ...required, mode: 'none' }, POST: { ...required, roles: ['x'] } } } },
    'token; GET: nothing; POST: token with x',
  ],
  [{ allow: [{ method: 'GET', path: '/users' }, { path: '/x' }] }, 'GET /users, any /x'],
  [{ auth, access: { allow: ['::1'], deny: [] } }, 'token; address'],
])('%j asks for: %s', (policy, text) => {
  expect(renderEntry(policy)).toBe(text);
});
