import type { QueryChange } from '../../protocol/policies/transform.ts';

interface Parameter {
  readonly name: string;
  /** As it was written, without its `&`. */
  readonly text: string;
}

/** A query with the changes; what they do not concern stays as it was written, in its place. */
export function changeQuery(query: string, { remove, rename, set }: QueryChange): string {
  const parameters = readParameters(query);
  const present = new Set(parameters.map(({ name }) => name));
  const renamed = new Map(rename.filter(([from]) => present.has(from)));
  const gone = new Set([...remove, ...set.map(([name]) => name), ...renamed.values()]);
  const kept = parameters.flatMap((parameter): Parameter[] => {
    if (gone.has(parameter.name)) return [];
    const name = renamed.get(parameter.name);
    return [name === undefined ? parameter : { name, text: withName(parameter.text, name) }];
  });
  const added = set.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const text = [...kept.map((parameter) => parameter.text), ...added].join('&');
  return text === '' ? '' : `?${text}`;
}

function readParameters(query: string): Parameter[] {
  const pieces = query.replace(/^\?/, '').split('&');
  return pieces.filter((text) => text !== '').map((text) => ({ name: decodeForm(text.split('=', 1)[0] ?? ''), text }));
}

function withName(text: string, name: string): string {
  const equals = text.indexOf('=');
  return encodeURIComponent(name) + (equals < 0 ? '' : text.slice(equals));
}

/** A name or value of a query as forms write it; what is no escape stays as it is. */
export function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
