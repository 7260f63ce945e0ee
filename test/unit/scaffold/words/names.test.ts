import { describe, expect, it } from 'vitest';

import {
  camelCase,
  idPrefixOf,
  isKebabName,
  kebabFrom,
  parseName,
  pascalCase,
  titleOf,
  wordsOf,
} from '../../../../src/scaffold/words/names.ts';
import { renderProblems } from '../../../../src/scaffold/answers/parsed.ts';
import { pairs } from '../pairs.ts';
import { randomTexts } from '../random-texts.ts';

describe('a name', () => {
  it('has the forms that code, texts and titles need', () => {
    expect(camelCase('order-line-2b')).toBe('orderLine2b');
    expect(pascalCase('order-line')).toBe('OrderLine');
    expect(wordsOf('order-line')).toBe('order line');
    expect(titleOf('order-line')).toBe('Order line');
  });

  it.each(['order', 'order-line', 'a', 'v2', 'a'.repeat(40)])('may be %s', (name) => {
    expect(isKebabName(name)).toBe(true);
  });

  it.each(['', 'Order', '2fa', 'order_line', '-a', 'a-', 'a--b', 'a b', 'ä', 'a\n', '../a', 'a'.repeat(41)])(
    'cannot be %j',
    (name) => {
      expect(isKebabName(name)).toBe(false);
      expect(parseName(name, 'a service').ok).toBe(false);
    },
  );

  it('that cannot be comes back with one that can', () => {
    const result = parseName('OrderLine', 'a resource');
    expect(result.ok ? [] : renderProblems(result.problems)).toEqual([
      'character 1: "OrderLine" cannot be the name of a resource: it is not kebab-case, beginning with a letter (for example order-line)',
    ]);
  });

  it.each(pairs('OrderLine=order-line order_line=order-line 2Fa=fa Ärger=rger --a--b--=a-b'))(
    'meant by %s is %s',
    (typed, name) => {
      expect(kebabFrom(typed)).toBe(name);
    },
  );

  it('meant by any text is a name or none', () => {
    for (const text of randomTexts(1000, ['A', 'b', '-', '_', ' ', '9', 'é', '\0', 'constructor'])) {
      const name = kebabFrom(text);
      expect(name === undefined || isKebabName(name)).toBe(true);
    }
  });
});

describe('the prefix of ids', () => {
  it.each(
    pairs(
      'order=ord user=usr invoice=inv product=prd project=prj profile=prf memo=mem item=itm asset=ast a=axx order-line=ord',
    ),
  )('of %s is %s', (name, prefix) => {
    expect(idPrefixOf(name)).toBe(prefix);
  });
});
