import { isMap, isPair, isScalar, parseDocument, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

import { canonicalJson } from './canonical-json.ts';
import { MsaError } from './errors.ts';
import { asMapping, type Mapping } from './yaml/mapping.ts';
import { readDocument } from './yaml/read-document.ts';
import { removeEntry } from './yaml/splice-yaml.ts';

/** A text that is about to be edited. */
export interface OpenFile {
  /** The byte order mark, or nothing. */
  readonly mark: string;
  readonly yaml: string;
  readonly root: YAMLMap;
  readonly value: Mapping;
  readonly services: OpenServices | undefined;
}

interface OpenServices {
  readonly pair: Pair;
  /** Undefined when there is no service yet, however that is written. */
  readonly map: YAMLMap | undefined;
  readonly values: Mapping;
  readonly names: readonly string[];
}

export function openFile(text: string): OpenFile {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const yaml = text.slice(mark.length);
  const reading = readDocument(yaml);
  const root = reading.ok ? parseDocument(yaml, { uniqueKeys: false }).contents : null;
  if (!reading.ok || !isMap(root) || root.items.length === 0) {
    throw uneditable('it cannot be read', 'Run `msa validate` and correct what it lists.');
  }
  const value = asMapping(reading.document.value) ?? {};
  return { mark, yaml, root, value, services: openServices(root, value) };
}

function openServices(root: YAMLMap, value: Mapping): OpenServices | undefined {
  const pair = find(root, 'services');
  if (pair === undefined) return undefined;
  const map = isMap(pair.value) && pair.value.items.length > 0 ? pair.value : undefined;
  const values = asMapping(value['services']) ?? {};
  return { pair, map, values, names: Object.keys(values) };
}

/** Gives the edited text only if it says exactly what was wanted. */
export function finish(
  { mark }: OpenFile,
  edited: string,
  { wanted, byHand }: { wanted: Mapping; byHand: string },
): string {
  const reading = readDocument(edited);
  const good =
    reading.ok &&
    reading.document.findings.length === 0 &&
    canonicalJson(reading.document.value) === canonicalJson(wanted);
  if (!good) throw uneditable('this edit would change more than it should', `Make it by hand:\n${byHand}`);
  return mark + edited;
}

export function find(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key);
}

export function indexOf(map: YAMLMap, key: string): number {
  return map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** A list in a mapping. */
interface OpenList {
  readonly map: YAMLMap;
  readonly key: string;
  readonly list: YAMLSeq;
}

/** The text without an item of a list; with the last item its key goes too. */
export function withoutItem(yaml: string, { map, key, list }: OpenList, index: number): string {
  return list.items.length === 1 ? removeEntry(yaml, map, indexOf(map, key)) : removeEntry(yaml, list, index);
}

export function uneditable(reason: string, hint: string): MsaError {
  return new MsaError('MSA_WORKSPACE_INVALID', `msa cannot edit this msa.yaml: ${reason}.`, { hint });
}
