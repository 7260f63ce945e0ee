import { describe, expect, it } from 'vitest';

import { mergeTexts } from '../../../../src/scaffold/changes/merge.ts';
import { randomTexts } from '../random-texts.ts';

const base = 'one\ntwo\nthree\nfour\nfive\n';

describe('three texts become one', () => {
  it.each([
    [
      'changes in different places are both there',
      'ONE\ntwo\nthree\nfour\nfive\n',
      'one\ntwo\nthree\nfour\nFIVE\n',
      'ONE\ntwo\nthree\nfour\nFIVE\n',
    ],
    [
      'the same change is there once',
      'one\nTWO\nthree\nfour\nfive\n',
      'one\nTWO\nthree\nfour\nfive\n',
      'one\nTWO\nthree\nfour\nfive\n',
    ],
    [
      'lines one side added and lines the other deleted',
      'zero\n' + base,
      'one\ntwo\nthree\nfour\n',
      'zero\none\ntwo\nthree\nfour\n',
    ],
    [
      "the line endings stay the user's",
      base.replace('one', 'ONE').replaceAll('\n', '\r\n'),
      base.replace('five', 'FIVE'),
      'ONE\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n',
    ],
    [
      'where they are mixed, the one most lines have wins',
      'ONE\r\ntwo\nthree\nfour\nfive\n',
      base,
      'ONE\ntwo\nthree\nfour\nfive\n',
    ],
    [
      'a final newline the user took away stays away',
      base.trimEnd(),
      base.replace('five', 'FIVE'),
      'one\ntwo\nthree\nfour\nFIVE',
    ],
    [
      'a final newline the template takes away goes',
      base.replace('one', 'ONE'),
      base.trimEnd(),
      'ONE\ntwo\nthree\nfour\nfive',
    ],
    ['an emptied file stays empty', '', base, ''],
  ])('%s', (...[, mine, next, text]) => {
    expect(mergeTexts({ base, mine, next })).toEqual({ text, hasConflicts: false });
  });

  it('lines that are names of inherited properties are lines like others', () => {
    const odd = '__proto__\nconstructor\ntoString\n';
    expect(mergeTexts({ base: odd, mine: `${odd}mine\n`, next: `next\n${odd}` }).text).toBe(`next\n${odd}mine\n`);
  });

  it('lines both changed stand between markers, with what was generated before', () => {
    const mine = base.replace('three', 'mine').replaceAll('\n', '\r\n');
    expect(mergeTexts({ base, mine, next: base.replace('three', 'next') })).toEqual({
      text: `one
two
<<<<<<< yours
mine
||||||| generated before
three
=======
next
>>>>>>> generated now
four
five
`.replaceAll('\n', '\r\n'),
      hasConflicts: true,
    });
  });

  it('what only one side changed is exactly that side', () => {
    const pieces = ['a\n', 'b\n', '\n', 'c', '{\n', '}\n', '<<<<<<< yours\n', '=======\n'];
    const texts = randomTexts(400, pieces);
    for (const [index, text] of texts.entries()) {
      const other = texts[(index + 1) % texts.length] ?? '';
      expect(mergeTexts({ base: other, mine: text, next: other })).toEqual({ text, hasConflicts: false });
      expect(mergeTexts({ base: other, mine: other, next: text })).toEqual({ text, hasConflicts: false });
      expect(mergeTexts({ base: other, mine: text, next: text })).toEqual({ text, hasConflicts: false });
    }
  });
});
