import { describe, expect, it } from 'vitest';
import { renderProblems, type Parsed } from '../../../../src/scaffold/answers/parsed.ts';
import { parseFields, renderFields } from '../../../../src/scaffold/answers/parse-fields.ts';
import { randomTexts } from '../random-texts.ts';

function problemsOf(result: Parsed<unknown>): string[] {
  return result.ok ? [] : renderProblems(result.problems);
}

function valueOf<Value>(result: Parsed<Value>): Value {
  if (!result.ok) throw new Error(renderProblems(result.problems).join('\n'));
  return result.value;
}

describe('fields', () => {
  it('are read with type, list, option and values', () => {
    const text = 'item:string qty:int paid:boolean note:string? tags:string[] codes:uuid[]? size:enum(s|m|l)';
    expect(valueOf(parseFields(text))).toEqual([
      { name: 'item', type: 'string', optional: false, list: false },
      { name: 'qty', type: 'int', optional: false, list: false },
      { name: 'paid', type: 'boolean', optional: false, list: false },
      { name: 'note', type: 'string', optional: true, list: false },
      { name: 'tags', type: 'string', optional: false, list: true },
      { name: 'codes', type: 'uuid', optional: true, list: true },
      { name: 'size', type: 'enum', optional: false, list: false, values: ['s', 'm', 'l'] },
    ]);
  });

  it('are separated by blanks, commas or lines, with blanks where people like them', () => {
    const expected = valueOf(parseFields('item:string qty:int size:enum(s|m)'));
    for (const text of ['item:string,qty:int,size:enum(s|m)', ' item: string,\n qty : int , size: enum( s | m ) ,']) {
      expect(valueOf(parseFields(text))).toEqual(expected);
    }
  });

  it('may be none at all', () => {
    expect(valueOf(parseFields(''))).toEqual([]);
    expect(valueOf(parseFields(' , \n'))).toEqual([]);
  });

  it('may be called as JavaScript calls its own words', () => {
    expect(valueOf(parseFields('class:string default:int new:boolean')).map(({ name }) => name)).toEqual([
      'class',
      'default',
      'new',
    ]);
  });

  it('come back from their text', () => {
    const text = 'item:string sizes:enum(s|m|l)[]? note:text? days:date[]';
    expect(renderFields(valueOf(parseFields(text)))).toBe(text);
  });
});

describe('a field is refused with place, reason and example:', () => {
  it.each([
    ['item', 'character 1: "item" has no type (for example item:string)'],
    ['item:', 'character 1: "item" has no type (for example item:string)'],
    [':int', 'character 1: a field has no name (for example unitPrice:string)'],
    ['a:int qty:integer', 'character 11: no type is called "integer"; did you mean int? (for example qty:int)'],
    ['a:String', 'character 3: no type is called "String"; did you mean string? (for example a:string)'],
    ['a:strng', 'character 3: no type is called "strng"; did you mean string? (for example a:string)'],
    ['a:float', 'character 3: no type is called "float"; did you mean number? (for example a:number)'],
    ['a:bool', 'character 3: no type is called "bool"; did you mean boolean? (for example a:boolean)'],
    ['a:timestamp', 'character 3: no type is called "timestamp"; did you mean datetime? (for example a:datetime)'],
    ['a:str', 'character 3: no type is called "str"; did you mean string? (for example a:string)'],
    [
      'a:money',
      'character 3: no type is called "money"; write amounts as int in the smallest unit (cents) (for example a:int)',
    ],
    [
      'a:xyzzy',
      'character 3: no type is called "xyzzy"; the types are string, text, int, number, boolean, date, datetime, uuid, email, url, enum (for example a:string)',
    ],
    ['note?:string', 'character 1: the ? of an optional field stands after its type (for example note:string?)'],
    [
      'unit_price:int',
      'character 1: "unit_price" is not a camelCase name beginning with a small letter (for example unitPrice:string)',
    ],
    ['id:uuid', 'character 1: every resource already has a field "id" (for example code:string)'],
    ['status:string', 'character 1: every resource already has a field "status" (for example condition:string)'],
    [
      '__proto__:string',
      'character 1: "__proto__" is a name every JavaScript object already has (for example value:string)',
    ],
    ['a:int b:int a:string', 'character 13: the field "a" is there twice (for example a2:string)'],
    ['userId:int userid:int', 'character 12: "userid" differs from "userId" only in case (for example userid2:string)'],
    ['size:enum', 'character 6: the enum "size" has no values (for example size:enum(s|m|l))'],
    ['size:enum()', 'character 6: the enum "size" has no values (for example size:enum(s|m|l))'],
    ['size:enum(s|m|s)', 'character 6: the enum "size" has the value "s" 2 times (for example size:enum(s|m|l))'],
    [
      'size:enum(s||m)',
      'character 6: "" cannot be a value of an enum: letters, digits, - _ . and at most 40 of them (for example size:enum(s|m|l))',
    ],
    ['size:enum(s|m', 'character 6: the parenthesis after "size" is not closed (for example size:enum(s|m|l))'],
    ['a:int(11)', 'character 3: only enum takes values in parentheses, not int (for example a:int)'],
    [
      'a:string?[]',
      'character 3: a list whose items may be missing is not supported; an optional list is written []? (for example a:string[]?)',
    ],
    [
      'a:string[][]',
      'character 3: "[][]" after the type means nothing; [] makes a list, ? makes it optional (for example a:string[]?)',
    ],
    ['a:string;', 'character 3: no type is called "string;"; did you mean string? (for example a:string)'],
  ])('%s', (text, problem) => {
    expect(problemsOf(parseFields(text))).toEqual([problem]);
  });

  it.each([
    'version',
    'links',
    'createdAt',
    'updatedAt',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
  ])('the reserved name %s', (name) => {
    expect(problemsOf(parseFields(`${name}:string`))).toHaveLength(1);
  });

  it('all problems at once', () => {
    expect(problemsOf(parseFields('id:uuid qty:integer qty:int'))).toHaveLength(3);
  });

  it('more than fifty of them', () => {
    const many = Array.from({ length: 51 }, (_, index) => `f${index}:int`).join(' ');
    expect(problemsOf(parseFields(many)).join()).toContain('51 fields are too many; at most 50');
  });

  it('a text without end', () => {
    expect(problemsOf(parseFields('a:('.repeat(1_000_000)))).toHaveLength(1);
  });

  it('text that would break out of a string, a comment or a terminal', () => {
    for (const text of ["a:enum(s'|m)", 'a:enum(`${x}`)', 'a:enum(*/)', 'a:enum(\u001B[31m)', '"a":int']) {
      const problems = problemsOf(parseFields(text));
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join('')).not.toContain('\u001B');
    }
  });
});

it('any text at all gives fields or problems, and fields that come back from their text', () => {
  for (const text of randomTexts(3000, [
    'item',
    'enum(',
    '|',
    ')',
    '[]',
    '?',
    ':',
    ' ',
    ',',
    'int',
    'string',
    'é',
    '\0',
    '__proto__',
  ])) {
    const result = parseFields(text);
    if (result.ok) expect(parseFields(renderFields(result.value))).toEqual(result);
    else expect(result.problems.every(({ example }) => parseFields(example).ok)).toBe(true);
  }
});
