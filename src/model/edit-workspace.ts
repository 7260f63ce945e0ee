import { isMap, isScalar, isSeq, stringify, type YAMLMap } from 'yaml';

import { find, finish, indexOf, openFile, uneditable, withoutItem, type OpenFile } from './edit-file.ts';
import { MsaError } from './errors.ts';
import { asMapping, type Mapping } from './yaml/mapping.ts';
import {
  appendItem,
  appendPair,
  emptyMapping,
  fillPair,
  indentStep,
  removeEntry,
  setValue,
} from './yaml/splice-yaml.ts';
import type { WrittenService } from './schema/workspace-schema.ts';

/*
 * Each edit takes the text of a valid `msa.yaml` and gives it back with nothing but the meant lines changed: comments,
 * order, quotes, blank lines and line endings stay. Each is checked by reading the result; where a file is written in
 * a way that the edit would change more than it should, it is refused with MSA_WORKSPACE_INVALID and the lines to
 * write by hand.
 */

/** Adds a service behind the others. Refuses a name that is taken with MSA_SERVICE_EXISTS. */
export function addService(text: string, name: string, service: WrittenService): string {
  const file = openFile(text);
  const { yaml, root, services } = file;
  if (services?.names.includes(name) === true) {
    throw new MsaError('MSA_SERVICE_EXISTS', `the workspace already has a service ${name}`, {
      hint: 'Choose another name.',
    });
  }
  const entry = { key: name, value: service, step: indentStep(yaml, root) };
  const wanted = { ...file.value, services: { ...services?.values, [name]: service } };
  const edit = { wanted, byHand: stringify({ services: { [name]: service } }).trimEnd() };
  if (services === undefined) {
    return finish(file, appendPair(yaml, root, { ...entry, key: 'services', value: { [name]: service } }), edit);
  }
  if (services.map === undefined) return finish(file, fillPair(yaml, root, { ...entry, pair: services.pair }), edit);
  return finish(file, appendPair(yaml, services.map, entry), edit);
}

/** Removes a service and says who still calls it; those calls are left to the caller, who may use removeCall. */
export function removeService(
  text: string,
  name: string,
): { readonly text: string; readonly calledBy: readonly string[] } {
  const file = openFile(text);
  const { [name]: removed, ...others } = file.services?.values ?? {};
  if (file.services?.map === undefined || removed === undefined) throw unknownService(name, file.services?.names);
  const { map, pair, names } = file.services;
  const edited = names.length === 1 ? emptyMapping(file.yaml, pair) : removeEntry(file.yaml, map, indexOf(map, name));
  const edit = { wanted: { ...file.value, services: others }, byHand: `Remove \`${name}\` from \`services\`.` };
  const calledBy = Object.keys(others).filter((other) =>
    writtenCalls(others[other]).some((call) => calleeOf(call) === name),
  );
  return { text: finish(file, edited, edit), calledBy };
}

/** Lets a service call another; the same text when it does already. */
export function addCall(text: string, caller: string, callee: string): string {
  const file = openFile(text);
  const { service, present, calls } = openCalls(file, caller);
  if (present.some((call) => calleeOf(call) === callee)) return text;
  const wanted = withCalls(file, caller, [...present, callee]);
  const edit = { wanted, byHand: `Add \`${callee}\` to \`calls\` of \`${caller}\`.` };
  if (calls === undefined) {
    const pair = { key: 'calls', value: [callee], step: indentStep(file.yaml, file.root) };
    return finish(file, appendPair(file.yaml, service, pair), edit);
  }
  if (isSeq(calls.value) && present.length > 0) return finish(file, appendItem(file.yaml, calls.value, callee), edit);
  return finish(file, setValue(file.yaml, calls, `[${callee}]`), edit);
}

/** Lets a service no longer call another; the same text when it does not. */
export function removeCall(text: string, caller: string, callee: string): string {
  const file = openFile(text);
  const { service, present, calls } = openCalls(file, caller);
  const index = present.findIndex((call) => calleeOf(call) === callee);
  if (index === -1 || !isSeq(calls?.value)) return text;
  const remaining = present.toSpliced(index, 1);
  const wanted = withCalls(file, caller, remaining.length === 0 ? undefined : remaining);
  const edit = { wanted, byHand: `Remove \`${callee}\` from \`calls\` of \`${caller}\`.` };
  return finish(file, withoutItem(file.yaml, { map: service, key: 'calls', list: calls.value }, index), edit);
}

/** Says how many instances of a service run; the same text when it says so already. */
export function setReplicas(text: string, name: string, replicas: number): string {
  const file = openFile(text);
  const service = openService(file, name);
  const pair = find(service, 'replicas');
  const before = asMapping(file.services?.values[name]);
  if (before?.['replicas'] === replicas) return text;
  const wanted = withService(file, name, { ...before, replicas });
  const edit = { wanted, byHand: `Write \`replicas: ${replicas}\` for \`${name}\`.` };
  if (pair !== undefined) return finish(file, setValue(file.yaml, pair, String(replicas)), edit);
  const added = { key: 'replicas', value: replicas, step: indentStep(file.yaml, file.root) };
  return finish(file, appendPair(file.yaml, service, added), edit);
}

/** Gives the workspace another name, in the quotes the old one has. */
export function setName(text: string, name: string): string {
  const file = openFile(text);
  const pair = find(file.root, 'name');
  if (!isScalar(pair?.value)) throw uneditable('it has no `name`', `Begin the file with \`name: ${name}\`.`);
  const quote = /^["']/.exec(file.yaml.slice(pair.value.range?.[0] ?? 0))?.[0];
  const written = quote === undefined ? stringify(name).trimEnd() : quote + name + quote;
  const edit = { wanted: { ...file.value, name }, byHand: `Write \`name: ${written}\`.` };
  return finish(file, setValue(file.yaml, pair, written), edit);
}

function openService({ services }: OpenFile, name: string): YAMLMap {
  const service = services?.map === undefined ? undefined : find(services.map, name)?.value;
  if (!isMap(service) || service.items.length === 0) throw unknownService(name, services?.names);
  return service;
}

function openCalls(file: OpenFile, caller: string) {
  const service = openService(file, caller);
  return { service, calls: find(service, 'calls'), present: writtenCalls(file.services?.values[caller]) };
}

function withCalls(file: OpenFile, caller: string, calls: readonly unknown[] | undefined): Mapping {
  return withService(file, caller, { ...asMapping(file.services?.values[caller]), calls });
}

function withService({ value, services }: OpenFile, name: string, service: Mapping): Mapping {
  return { ...value, services: { ...services?.values, [name]: service } };
}

function writtenCalls(service: unknown): readonly unknown[] {
  const calls: unknown = asMapping(service)?.['calls'];
  return Array.isArray(calls) ? calls : [];
}

/** Of a call that is written as a name, or as a mapping with more. */
function calleeOf(call: unknown): unknown {
  return asMapping(call)?.['service'] ?? call;
}

function unknownService(name: string, known: readonly string[] = []): MsaError {
  const hint = known.length === 0 ? 'It has no services yet.' : `Its services are: ${known.join(', ')}.`;
  return new MsaError('MSA_SERVICE_UNKNOWN', `The workspace has no service \`${name}\`.`, { hint });
}
