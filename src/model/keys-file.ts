import * as z from 'zod/mini';

import type { ApiKey } from '../protocol/policies/auth.ts';
import type { Finding, Problem } from './problem.ts';
import { formatPath } from './problem.ts';
import { explainIssue } from './schema/explain-issue.ts';
import { roles, scopes } from './schema/policies/auth.ts';
import { documented, mapping, text } from './schema/schema-parts.ts';
import { createLineLookup } from './yaml/locate.ts';
import { readDocument } from './yaml/read-document.ts';

const hashPattern = /^[0-9a-f]{64}$/;
const holderPattern = /^[\w][\w.@-]{0,99}$/;

const holder = mapping(
  {
    sha256: documented(text(hashPattern, hashProblem), { description: 'Of the key, which is written down nowhere.' }),
    roles: roles(),
    scopes: scopes(),
  },
  'must be a mapping such as `{ sha256: … }`',
);
const holders = z.record(z.string(), holder);

export type ParsedKeys =
  | { readonly ok: true; readonly keys: readonly ApiKey[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses the file of API keys: names of their holders, each with the hash of the key and what it may do. */
export function parseKeysFile(written: string, file: string): ParsedKeys {
  const yaml = written.startsWith('\uFEFF') ? written.slice(1) : written;
  const position = createLineLookup(yaml);
  const reading = readDocument(yaml);
  if (!reading.ok) {
    const problems = reading.problems.map(({ offset, ...rest }) => ({ file, ...position(offset), path: '', ...rest }));
    return isEmpty(yaml) ? { ok: true, keys: [] } : { ok: false, problems };
  }
  const { value, sourceMap, findings } = reading.document;
  const shape = holders.safeParse(value);
  const shapeFindings = (shape.error?.issues ?? []).flatMap((issue) => explainIssue(issue, value));
  const keys = Object.entries(shape.data ?? {}).map(([name, { sha256, roles: all = [], scopes: each = [] }]) => {
    return { name, sha256, roles: all, scopes: each };
  });
  const all = [...findings, ...shapeFindings, ...checkHolders(keys)];
  if (all.length === 0) return { ok: true, keys };
  const problems = all.map(({ path, at = 'value', message, hint }): Problem => {
    const offset = typeof at === 'number' ? at : sourceMap.offset(path, at);
    return { file, ...position(offset), path: formatPath(path), message, ...(hint === undefined ? {} : { hint }) };
  });
  return { ok: false, problems };
}

/** Says what keeps a text from being the name of a key's holder, as the rest of a sentence; undefined when nothing. */
export function holderProblem(name: string): string | undefined {
  return holderPattern.test(name) && name !== '__proto__'
    ? undefined
    : 'must consist of letters, digits, `.`, `_`, `@` and `-`';
}

function checkHolders(keys: readonly ApiKey[]): readonly Finding[] {
  const seen = new Map<string, string>();
  return keys.flatMap(({ name, sha256 }): readonly Finding[] => {
    const problem = holderProblem(name);
    const other = seen.get(sha256);
    seen.set(sha256, other ?? name);
    return [
      ...(problem === undefined
        ? []
        : [{ path: [name], at: 'key', message: `The name \`${name}\` ${problem}.` } as const]),
      ...(other === undefined ? [] : [{ path: [name, 'sha256'], message: `This is the key of \`${other}\` already.` }]),
    ];
  });
}

/** All keys have been removed, or none has been added yet. */
function isEmpty(yaml: string): boolean {
  return yaml.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line));
}

function hashProblem(hash: string): string | undefined {
  return hashPattern.test(hash) ? undefined : 'must be the SHA-256 of a key, as 64 hexadecimal digits in small letters';
}
