import { describe, expect, it } from 'vitest';

import {
  answersPath,
  basePath,
  originalPath,
  parseAnswers,
  parseWorkspaceAnswers,
  renderAnswers,
  renderWorkspaceAnswers,
  workspaceUnit,
} from '../../../../src/scaffold/changes/base.ts';
import type { ServiceChoices } from '../../../../src/scaffold/answers/choices.ts';
import { isKebabName } from '../../../../src/scaffold/words/names.ts';
import { randomTexts } from '../random-texts.ts';

const choices: ServiceChoices = {
  template: 'rest',
  name: 'orders',
  description: 'Takes orders.',
  resource: 'order',
  plural: 'orders',
  fields: 'item:string',
  states: 'created>paid',
  store: 'memory',
  calls: ['users'],
};

describe('the record of what was generated', () => {
  it('lies where neither git nor npm nor a test runner takes a copy for the file itself', () => {
    expect(basePath('orders', '.gitignore')).toBe('.msa/base/orders/files/.gitignore.base');
    expect(basePath('orders', 'package.json')).toBe('.msa/base/orders/files/package.json.base');
    expect(answersPath('orders')).toBe('.msa/base/orders/answers.json');
    expect(isKebabName(workspaceUnit)).toBe(false);
  });

  it.each(['.gitignore', 'src/a.base', 'test/a.test.ts'])('leads back to %s', (path) => {
    const below = basePath('orders', path).slice('.msa/base/orders/files/'.length);
    expect(originalPath(below)).toBe(path);
  });

  it('has no copy where the name is not that of one', () => {
    expect(originalPath('package.json')).toBeUndefined();
  });
});

describe('answers', () => {
  it('come back as they were kept', () => {
    for (const kept of [choices, { ...choices, example: 'shop', calls: [] }]) {
      expect(parseAnswers(renderAnswers(kept, '0.1.0'))).toEqual({ ok: true, value: kept });
    }
  });

  const asKept = { format: 1, ...choices };
  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['another format', JSON.stringify({ ...asKept, format: 2 })],
    ['no format', JSON.stringify(choices)],
    ['a format without end', `{"format": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['no calls', JSON.stringify({ ...asKept, calls: undefined })],
    ['calls that are none', JSON.stringify({ ...asKept, calls: [1] })],
    ['a name that is no text', JSON.stringify({ ...asKept, name: {} })],
    ['inherited names', '{"__proto__": {"format": 1, "calls": []}}'],
  ])('that say %s are a problem and no crash', (_, text) => {
    const result = parseAnswers(text);
    expect(result.ok).toBe(false);
    expect(result.ok ? [] : result.problems).toHaveLength(1);
  });

  it('of the workspace come back, and are none where they cannot be read', () => {
    expect(parseWorkspaceAnswers(renderWorkspaceAnswers({ example: 'shop' }, '0.1.0'))).toEqual({ example: 'shop' });
    for (const text of [undefined, '', '{', '[]', 'null', '{"example": 1}']) {
      expect(parseWorkspaceAnswers(text)).toEqual({ example: undefined });
    }
  });

  it('of any text at all are values or problems', () => {
    for (const text of randomTexts(500, ['{', '}', '"format"', ':', '1', ',', '"calls"', '[', ']', 'null', ' '])) {
      expect(() => [parseAnswers(text), parseWorkspaceAnswers(text)]).not.toThrow();
    }
  });
});
