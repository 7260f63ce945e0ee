import type { CompiledTemplate } from '../scaffold/render/template.ts';

/**
 * What the shipped templates compile to, by the SHA-256 of their text: a changed template is none of them. Here there are
 * none; scripts/build.js puts a module with all of them in the place of this one.
 */
export const compiledTemplates: ReadonlyMap<string, CompiledTemplate> = new Map();
