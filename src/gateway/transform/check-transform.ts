import type { BodyChange, JsonPath, TransformPolicy } from '../../protocol/policies/transform.ts';
import { prototypeNames } from '../json/json-paths.ts';

const maxChanges = 100;
const maxSteps = 32;

/** Throws when changes have not the form they need, or lead where none may. */
export function checkTransform({ request, response, maxBytes }: TransformPolicy): void {
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) throw new TypeError('maxBytes is no size');
  const query = request?.query;
  if (query) checkLists([query.remove, query.rename, query.set]);
  for (const body of [request?.body, response?.body]) if (body) checkBody(body);
}

function checkBody({ pick, remove, rename, set, wrap }: BodyChange): void {
  checkLists([remove, rename, set]);
  for (const path of [pick ?? [], ...remove, ...rename.flat(), ...set.map(([place]) => place)]) checkPath(path);
  if (wrap !== undefined) checkPath([wrap]);
}

function checkLists(lists: readonly (readonly unknown[])[]): void {
  for (const list of lists) {
    if (!Array.isArray(list) || list.length > maxChanges) throw new TypeError('a list of changes is none, or too long');
  }
}

/** Throws when a place in a document is none, or in a prototype. */
export function checkPath(path: JsonPath): void {
  if (!Array.isArray(path) || path.length > maxSteps) throw new TypeError('a place in a document is none');
  for (const step of path) {
    if (typeof step !== 'string' || prototypeNames.has(step))
      throw new TypeError(`no place leads through ${String(step)}`);
  }
}
