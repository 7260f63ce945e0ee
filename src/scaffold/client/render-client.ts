import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';
import { clientNamesOf } from './client-names.ts';
import { memberOf, textOf } from './document.ts';
import { hasLinks } from './has-links.ts';
import { limitChoices } from './limit-choices.ts';
import { printClient } from './print-client.ts';
import { readOperations } from './read-operations.ts';
import { readTypes } from './read-types.ts';
import { createReading } from './reading.ts';

export interface ClientRequest {
  /** The name of the called service: `users`. */
  readonly callee: string;
  /** The variable that holds its address: `USERS_URL`. */
  readonly variable: string;
  /** Its OpenAPI document, parsed; nothing about it is trusted. */
  readonly document: unknown;
}

export type RenderedClient =
  | { readonly ok: true; readonly content: string; readonly notes: string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * The text of `src/clients/<callee>.ts`: a typed client of the service the document describes. Same document, same text.
 * What it cannot express becomes `unknown` with a comment, what is left out is in the notes; it refuses what is no OpenAPI
 * document with operations.
 */
export function renderClient({ callee, variable, document }: ClientRequest): RenderedClient {
  const mapping = asMapping(document);
  if (!mapping) return { ok: false, problem: 'It is no OpenAPI document: a JSON object is expected.' };
  const problem = nameProblem(callee, variable) ?? versionProblem(mapping);
  if (problem !== undefined) return { ok: false, problem };
  const names = clientNamesOf(callee);
  const reading = createReading(mapping, [names.type]);
  const found = readOperations(reading);
  if (found.length === 0) return { ok: false, problem: 'The document describes no operation that could be called.' };
  const { types, operations } = limitChoices(readTypes(reading), found);
  const title = titleOf(mapping);
  const content = printClient({ callee, variable, names, title, operations, types, hasLinks: hasLinks(reading) });
  return { ok: true, content, notes: [...reading.notes] };
}

function nameProblem(callee: string, variable: string): string | undefined {
  const usable = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(callee) && /^\w+$/.test(variable);
  return usable
    ? undefined
    : 'The name of a service has lower-case letters, digits and hyphens, its variable no hyphens.';
}

function versionProblem(document: Mapping): string | undefined {
  if (typeof document['swagger'] === 'string') return 'It is a Swagger 2.0 document; msa reads OpenAPI 3.0 and 3.1.';
  const version = document['openapi'];
  if (typeof version !== 'string') return 'It is no OpenAPI document: it has no "openapi" with a version.';
  return /^3\.[012](?:\.|$)/.test(version)
    ? undefined
    : 'It is written for another version; msa reads OpenAPI 3.0 and 3.1.';
}

function titleOf(document: Mapping): string {
  const info = memberOf(document, 'info');
  return ['title', 'version'].flatMap((key) => textOf(info, key) ?? []).join(' ');
}
