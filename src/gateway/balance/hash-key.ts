import type { BalanceMethod } from '../../protocol/policies/balance.ts';
import { hashText } from './hash-text.ts';

/** A request as far as it can be recognised. */
interface Recognisable {
  readonly address: string;
  /** Header fields, name and value in turn. */
  readonly fields: readonly string[];
}

/** The number by which consistent hashing recognises a request; undefined when it has not what is looked for. */
export function hashKey(method: BalanceMethod | undefined, request: Recognisable): number | undefined {
  if (method?.kind !== 'hash') return undefined;
  if (method.from === 'address') return hashText(request.address);
  const text =
    method.from === 'header' ? readField(request.fields, method.name) : readCookie(request.fields, method.name);
  return text === undefined || text === '' ? undefined : hashText(text);
}

function readField(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index < fields.length; index += 2) {
    const field = fields[index];
    if (field?.length === name.length && field.toLowerCase() === name) return fields[index + 1];
  }
  return undefined;
}

function readCookie(fields: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  for (const pair of readField(fields, 'cookie')?.split(';') ?? []) {
    const trimmed = pair.trim();
    if (trimmed.startsWith(prefix)) return trimmed.slice(prefix.length);
  }
  return undefined;
}
