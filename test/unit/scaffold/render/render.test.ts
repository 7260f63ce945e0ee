import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';

import { compileTemplate } from '../../../../src/scaffold/render/compile-template.ts';
import { renderedPath, renderLayers, type TemplateFile } from '../../../../src/scaffold/render/render.ts';
import { compileOptions } from '../../../../src/scaffold/render/template-helpers.ts';
import { templateFrom, type CompiledTemplate, type Template } from '../../../../src/scaffold/render/template.ts';

const context = {
  resource: { name: 'order', title: 'order' },
  description: 'It\'s "5 < 6" & more',
  fields: [{ name: 'item' }, { name: 'size', values: ['s', 'm'] }],
  tags: ['a'],
  machine: null,
};

function render(path: string, content: string | Template): string | undefined {
  return renderLayers([[{ path, content }]], context)[0]?.content;
}

/** The way of a template that msa was built with: what it was compiled to stands in a module. */
async function compiledBefore(path: string, text: string): Promise<Template> {
  const code = Handlebars.precompile(text, { ...compileOptions }) as unknown as string;
  const module = `data:text/javascript,${encodeURIComponent(`export const compiled = ${code}`)}`;
  const { compiled } = (await import(/* @vite-ignore */ module)) as { compiled: CompiledTemplate };
  return templateFrom(path, compiled);
}

const ways = [
  { way: 'compiled now', ready: async (path: string, text: string) => compileTemplate(path, text) },
  { way: 'compiled before', ready: compiledBefore },
];

describe('a layer', () => {
  it('is rendered where a file is a template, and copied to the byte where it is a text', () => {
    const workflow = 'run: ${{ github.ref }} {{resource.name}}\r\n';
    expect(render('ci.yml', workflow)).toBe(workflow);
    expect(render('ci.yml.hbs', compileTemplate('ci.yml.hbs', '{{resource.name}}\r\n'))).toBe('order\r\n');
  });

  it('laid over another replaces the files of the same resulting path', () => {
    const base: TemplateFile[] = [
      { path: 'src/__resource__.ts.hbs', content: () => 'base' },
      { path: 'run.sh', content: 'one', executable: true },
      { path: 'a.ts', content: 'a' },
    ];
    const above: TemplateFile[] = [
      { path: 'src/order.ts', content: 'mine' },
      { path: 'b.ts', content: 'b' },
    ];
    expect(renderLayers([base, above], context)).toEqual([
      { path: 'a.ts', content: 'a' },
      { path: 'b.ts', content: 'b' },
      { path: 'run.sh', content: 'one', executable: true },
      { path: 'src/order.ts', content: 'mine' },
    ]);
  });

  it('leaves out a file that renders to nothing, and keeps an empty one that is copied', () => {
    expect(render('machine.md.hbs', () => ' \n')).toBeUndefined();
    expect(render('.keep', '')).toBe('');
  });
});

describe('the path of a file', () => {
  it.each([
    ['__dot__gitignore', '.gitignore'],
    ['__dot__github/workflows/ci.yml', '.github/workflows/ci.yml'],
    ['src/__resource__.ts.hbs', 'src/order.ts'],
    ['src/__resource__-routes.test.ts', 'src/order-routes.test.ts'],
    ['py/__init__.py', 'py/__init__.py'],
    ['a__dot__b', 'a__dot__b'],
    ['src/__constructor__.ts', 'src/__constructor__.ts'],
  ])('%s becomes %s', (path, expected) => {
    expect(renderedPath(path, context)).toBe(expected);
  });

  it.each(['../x', '/etc/x', 'a//b', 'a/./b', 'a\\b', '__resource__/x'])(
    '%s with a hostile name is refused',
    (path) => {
      expect(() => renderedPath(path, { resource: { name: '..' } })).toThrow(/is no path/);
    },
  );
});

describe.each(ways)('a template $way', ({ ready }) => {
  const renderText = async (text: string) => render('x.hbs', await ready('x.hbs', text));

  it('gets values as they are, nothing escaped', async () => {
    expect(await renderText('{{description}}')).toBe(context.description);
  });

  it('loops, asks and compares', async () => {
    const text = '{{#each fields}}{{name}}{{#if values}}={{json values}}{{/if}}{{#unless @last}}, {{/unless}}{{/each}}';
    expect(await renderText(text)).toBe('item, size=["s","m"]');
    expect(await renderText("{{#if (eq resource.name 'order')}}yes{{else}}no{{/if}}")).toBe('yes');
    expect(await renderText("{{#if (includes tags 'b')}}yes{{else}}no{{/if}}")).toBe('no');
  });

  it.each([
    ['a misspelt name', 'x\n{{resource.nmae}}', 'template x.hbs:2: "nmae" not defined'],
    ['a misspelt argument', 'x\n\n{{json resource.nmae}}', 'template x.hbs:3: json: the argument is not defined'],
    ['a misspelt list', 'x\n{{#each feilds}}a{{/each}}', 'template x.hbs:2: each: the argument is not a list'],
    ['a misspelt comparison', "\n{{#if (eq nmae 'x')}}a{{/if}}", 'template x.hbs:2: eq: the argument is not defined'],
    ['a list that is none', "{{#if (includes machine 'x')}}a{{/if}}", 'template x.hbs:1: includes: the first argument'],
    ['a text that is none', '{{oneLine fields}}', 'template x.hbs:1: oneLine: the argument is not a text'],
  ])('with %s says in which file and line', async (_, text, message) => {
    await expect(renderText(text)).rejects.toThrow(message);
  });
});

describe('the text of a template', () => {
  it.each([
    ['an unknown helper', 'x\n{{shout description}}', 'template x.hbs:2: You specified knownHelpersOnly'],
    ['a block that is not closed', 'x\n{{#if machine}}', 'template x.hbs:2: Parse error'],
    ['blocks that do not match', 'x\n{{#if machine}}a{{/each}}', "template x.hbs:2: if doesn't match each"],
  ])('with %s says in which file and line', (_, text, message) => {
    expect(() => render('x.hbs', compileTemplate('x.hbs', text))).toThrow(message);
  });
});
