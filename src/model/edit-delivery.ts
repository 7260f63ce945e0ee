import { isMap, isSeq, stringify, type Pair, type YAMLMap } from 'yaml';

import { canonicalJson } from './canonical-json.ts';
import { find, finish, openFile, withoutItem } from './edit-file.ts';
import { asMapping, type Mapping } from './yaml/mapping.ts';
import { appendPair, emptyMapping, fillPair, flowText, indentStep, setValue } from './yaml/splice-yaml.ts';

/** What `delivery` says in this text, as it is written; empty when it says nothing. */
function writtenDelivery(text: string): Mapping {
  return asMapping(openFile(text).value['delivery']) ?? {};
}

/** Lets `delivery` say this beside what it says already. Keys are added or set anew, and never removed. */
export function setDelivery(text: string, wanted: Mapping): string {
  const merged = mergeMappings({ delivery: writtenDelivery(text) }, { delivery: wanted });
  let edited = text;
  // A key at a time, each on the text that the one before has left: ranges of nodes hold for one text only.
  for (;;) {
    const next = setFirstKey(edited, merged);
    if (next === undefined) return edited;
    edited = next;
  }
}

/** Lets no instance of a service be killed in the system test any more; the same text when none was. */
export function removeChaos(text: string, service: string): string {
  const file = openFile(text);
  const { yaml, root, value } = file;
  const delivery = find(root, 'delivery');
  const chaos = isMap(delivery?.value) ? find(delivery.value, 'chaos')?.value : undefined;
  const written = asMapping(value['delivery']) ?? {};
  const present: readonly unknown[] = Array.isArray(written['chaos']) ? written['chaos'] : [];
  const index = present.indexOf(service);
  if (index === -1 || delivery === undefined || !isMap(delivery.value) || !isSeq(chaos)) return text;
  const remaining = present.toSpliced(index, 1);
  const { chaos: _gone, ...others } = written;
  const wanted = { ...value, delivery: remaining.length === 0 ? others : { ...written, chaos: remaining } };
  const edit = { wanted, byHand: `Remove \`${service}\` from \`chaos\` of \`delivery\`.` };
  const isOnlyKey = remaining.length === 0 && delivery.value.items.length === 1;
  const edited = isOnlyKey
    ? emptyMapping(yaml, delivery)
    : withoutItem(yaml, { map: delivery.value, key: 'chaos', list: chaos }, index);
  return finish(file, edited, edit);
}

/** The text with the first key set that does not say yet what it shall; undefined when all do. */
function setFirstKey(text: string, wanted: Mapping): string | undefined {
  const file = openFile(text);
  const { yaml, root, value: present } = file;
  const change = firstChange(wanted, { map: root, value: present, path: [] });
  if (change === undefined) return undefined;
  const { map, pair, path, value } = change;
  const entry = { key: path.at(-1) ?? '', value, step: indentStep(yaml, root) };
  const edit = (after: unknown) => ({
    wanted: withValue(present, path, after),
    byHand: stringify(wanted).trimEnd(),
  });
  if (pair === undefined) return finish(file, appendPair(yaml, map, entry), edit(value));
  const first = Object.entries(asMapping(value) ?? {})[0];
  if (first === undefined) return finish(file, setValue(yaml, pair, listText(value)), edit(value));
  // A mapping that was empty gets its first entry now, and the others next.
  const filled = fillPair(yaml, map, { ...entry, pair, key: first[0], value: first[1] });
  return finish(file, filled, edit(Object.fromEntries([first])));
}

/** Lists of names are written without blanks at their ends, as in the rest of the file. */
function listText(value: unknown): string {
  return flowText(value).replace(/^\[ (.*) \]$/, '[$1]');
}

/** What has to change: a key of this mapping, which has it already when there is a pair. */
interface Change {
  readonly map: YAMLMap;
  readonly pair: Pair | undefined;
  readonly path: readonly string[];
  readonly value: unknown;
}

interface Place {
  readonly map: YAMLMap;
  readonly value: Mapping;
  readonly path: readonly string[];
}

function firstChange(wanted: Mapping, place: Place): Change | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    if (canonicalJson(place.value[key] ?? null) === canonicalJson(value ?? null)) continue;
    const change = changeOf(key, value, place);
    if (change !== undefined) return change;
  }
  return undefined;
}

function changeOf(key: string, value: unknown, { map, value: present, path }: Place): Change | undefined {
  const pair = find(map, key);
  const here = { map, pair, path: [...path, key], value };
  const [inner, before] = [asMapping(value), asMapping(present[key])];
  if (pair === undefined || inner === undefined || before === undefined) return here;
  if (!isMap(pair.value) || pair.value.items.length === 0) return here;
  return firstChange(inner, { map: pair.value, value: before, path: here.path });
}

function withValue(mapping: Mapping, [key = '', ...rest]: readonly string[], value: unknown): Mapping {
  return { ...mapping, [key]: rest.length === 0 ? value : withValue(asMapping(mapping[key]) ?? {}, rest, value) };
}

function mergeMappings(before: Mapping, wanted: Mapping): Mapping {
  const merged = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return {
    ...before,
    ...Object.fromEntries(
      merged.map(([key, value]) => {
        const [inner, outer] = [asMapping(value), asMapping(before[key])];
        return [key, inner === undefined ? value : mergeMappings(outer ?? {}, inner)];
      }),
    ),
  };
}
