import type { BodyChange } from '../../protocol/policies/transform.ts';
import { moveAt, removeAt, setAt, valueAt } from '../json/json-paths.ts';

/** Changes a document in place and gives what takes its place; what a path does not lead to is passed over. */
export function changeJson(document: unknown, change: BodyChange): unknown {
  const { pick, remove, rename, set, wrap } = change;
  const root = pick === undefined ? document : (valueAt(document, pick) ?? null);
  for (const path of remove) removeAt(root, path);
  for (const [from, to] of rename) moveAt(root, { from, to });
  for (const [place, value] of set) setAt(root, place, value);
  return wrap === undefined ? root : { [wrap]: root };
}
