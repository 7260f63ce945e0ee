import { describe, expect, it } from 'vitest';

import { resolveChoices, type ServiceChoices } from '../../../../src/scaffold/answers/choices.ts';
import { templateContext } from '../../../../src/scaffold/render/template-context.ts';

const choices: ServiceChoices = {
  template: 'rest',
  name: 'order-desk',
  description: 'Takes orders.',
  resource: 'order-line',
  plural: 'order-lines',
  fields: 'item:string',
  states: 'created>paid',
  store: 'memory',
  calls: ['users'],
};

function optionsAtFault(changed: Partial<ServiceChoices>): string[] {
  const result = resolveChoices({ ...choices, ...changed });
  return result.ok ? [] : result.problems.map(({ option }) => option);
}

describe('choices', () => {
  it('give the context every template sees', () => {
    const result = resolveChoices(choices);
    expect(result.ok && templateContext(result.answers)).toEqual({
      service: { name: 'order-desk', title: 'Order desk', description: 'Takes orders.' },
      resource: {
        name: 'order-line',
        plural: 'order-lines',
        variable: 'orderLine',
        type: 'OrderLine',
        title: 'order line',
        titlePlural: 'order lines',
        idPrefix: 'ord',
      },
      fields: [{ name: 'item', type: 'string', optional: false, list: false }],
      machine: {
        initial: 'created',
        states: ['created', 'paid'],
        transitions: [{ rel: 'pay', from: ['created'], to: 'paid', path: 'payments', title: 'Pay this order line' }],
      },
      store: 'memory',
      calls: ['users'],
    });
  });

  it('may be for a resource without states, or one called as JavaScript calls its own words', () => {
    const result = resolveChoices({ ...choices, states: ' ', resource: 'class', plural: 'classes' });
    expect(result.ok && templateContext(result.answers)).toMatchObject({
      machine: null,
      resource: { variable: 'classItem', type: 'Class' },
    });
  });

  it.each([
    [{ template: 'soap' }, '--template'],
    [{ name: '../x' }, '<name>'],
    [{ description: 'two\nlines' }, '--description'],
    [{ description: '\u001B[31m' }, '--description'],
    [{ description: 'x'.repeat(201) }, '--description'],
    [{ resource: 'Order' }, '--resource'],
    [{ plural: '' }, '--plural'],
    [{ fields: 'id:int' }, '--fields'],
    [{ states: 'a>a' }, '--states'],
    [{ store: 'toString' }, '--store'],
    [{ example: '../../secrets' }, '--example'],
  ])('%j is a problem of %s', (changed, option) => {
    expect(optionsAtFault(changed)).toEqual([option]);
  });

  it('are all checked at once', () => {
    expect(optionsAtFault({ template: 'x', fields: 'a', store: '', states: 'A' })).toEqual([
      '--template',
      '--fields',
      '--states',
      '--store',
    ]);
  });
});
