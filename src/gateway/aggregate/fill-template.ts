import type { Template, ValueSource } from '../../protocol/policies/aggregate.ts';
import { scalarText } from '../json/exact-json.ts';
import { valueAt } from '../json/json-paths.ts';
import type { ClientValues } from './client-values.ts';

/** What the values of a template are taken from. */
export interface Values {
  readonly client: ClientValues;
  /** The answers of the calls that are needed. */
  readonly answers: ReadonlyMap<string, unknown>;
  readonly item?: unknown;
}

/** `blame`: who could have given the value. */
export type Filled =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly blame: 'client' | 'service'; readonly missing: boolean };

const maxValueLength = 256;

/** Puts values into the path of a call, each of them within one segment. */
export function fillPath(template: Template, values: Values): Filled {
  return fill(template, values, (text) => {
    // A service could read each of these as another path than ours.
    if (text === '' || text === '.' || text === '..') return undefined;
    return /[/\\\0]/.test(text) ? undefined : encodeURIComponent(text);
  });
}

/** Puts values into the value of a query parameter. */
export function fillQueryValue(template: Template, values: Values): Filled {
  return fill(template, values, encodeURIComponent);
}

function fill(template: Template, values: Values, encode: (text: string) => string | undefined): Filled {
  let filled = '';
  for (const part of template) {
    if (typeof part === 'string') filled += part;
    else {
      const text = textOf(part, values);
      const blame = part.from === 'call' || part.from === 'item' ? 'service' : 'client';
      const told = describeSource(part);
      if (text === undefined) return { ok: false, reason: `${told} is missing`, blame, missing: true };
      const encoded = text.length > maxValueLength ? undefined : encodeSafely(text, encode);
      if (encoded === undefined)
        return { ok: false, reason: `${told} cannot be part of an address`, blame, missing: false };
      filled += encoded;
    }
  }
  return { ok: true, text: filled };
}

function encodeSafely(text: string, encode: (text: string) => string | undefined): string | undefined {
  try {
    return encode(text);
  } catch {
    // Half of a surrogate pair has no bytes.
    return undefined;
  }
}

function textOf(source: ValueSource, { client, answers, item }: Values): string | undefined {
  if (source.from === 'query') return client.query(source.name);
  if (source.from === 'header') return client.header(source.name);
  if (source.from === 'path') return client.segment(source.segment);
  return scalarText(valueAt(source.from === 'item' ? item : answers.get(source.call), source.steps));
}

/** As it is written in msa.yaml. */
export function describeSource(source: ValueSource): string {
  if (source.from === 'path') return `{path.${source.segment}}`;
  if (source.from === 'query' || source.from === 'header') return `{${source.from}.${source.name}}`;
  return `{${[source.from === 'item' ? 'item' : `${source.call}.body`, ...source.steps].join('.')}}`;
}
