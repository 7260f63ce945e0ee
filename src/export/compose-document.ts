import { Document, isAlias, isMap, isScalar, isSeq, visit, type Pair, type YAMLSeq } from 'yaml';

import type { ComposeMapping } from './compose-value.ts';

export interface ComposeDocument {
  /** Lines of the comment at the top. */
  readonly intro: readonly string[];
  /** A mapping that has `<<: x-name` takes over what stands under `x-name`. */
  readonly value: ComposeMapping;
  /** What is said above a key: by the path to it, its parts joined with a blank. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
}

/** The text of a Compose file. */
export function renderDocument({ intro, value, comments }: ComposeDocument): string {
  // Compose reads some things as YAML 1.1 did (`0777`, `1_000`, dates): its schema quotes those.
  const document = new Document(value, {
    schema: 'yaml-1.1',
    keepUndefined: false,
    aliasDuplicateObjects: false,
  });
  document.commentBefore = commentText(intro);
  linkTemplates(document);
  visit(document, {
    Pair: (_key, pair, ancestors) =>
      layOut({ pair, parent: ancestors.at(-1), path: pathOf(pair, ancestors) }, comments),
    Seq: (_key, list) => {
      list.flow = isShort(list);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Puts anchors on the parts that others take over, and aliases where they do. */
function linkTemplates(document: Document): void {
  visit(document, {
    Map: (_key, mapping) => {
      const name = mapping.get('<<');
      if (typeof name !== 'string') return;
      const template = document.get(name, true);
      if (!isMap(template)) throw new Error(`There is no ${name} in the Compose file.`);
      template.anchor = name.replace(/^x-/, '');
      mapping.set('<<', document.createAlias(template, template.anchor));
    },
  });
}

interface Place {
  readonly pair: Pair;
  readonly parent: unknown;
  readonly path: readonly string[];
}

function layOut({ pair, parent, path }: Place, comments: ComposeDocument['comments']): void {
  if (!isScalar(pair.key)) return;
  const [section] = path;
  const isFirst = isMap(parent) && parent.items[0] === pair;
  pair.key.spaceBefore = !isFirst && (path.length === 1 || (path.length === 2 && section === 'services'));
  const comment = comments.get(path.join(' '));
  if (comment !== undefined && comment.length > 0) pair.key.commentBefore = commentText(comment);
}

function pathOf(pair: Pair, ancestors: readonly unknown[]): readonly string[] {
  const pairs = ancestors.filter((node): node is Pair => typeof node === 'object' && node !== null && 'key' in node);
  return [...pairs, pair].map(({ key }) => (isScalar(key) ? String(key.value) : ''));
}

function isShort({ items }: YAMLSeq): boolean {
  if (!items.every((item) => isScalar(item) && !isAlias(item) && !isSeq(item))) return false;
  return items.map(String).join(', ').length <= 80;
}

/** With a blank an empty line stays part of the comment. */
function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${line}`).join('\n');
}
