import type { Finding } from '../problem.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';

/** Keys of delivery that would mean nothing where they stand. */
export function checkDelivery({ policies }: WorkspaceDraft): readonly Finding[] {
  return policies.flatMap(({ path, value }) => {
    const isOfCall = path.includes('calls');
    if (!isOfCall || value['cors'] === undefined) return [];
    const message = '`cors` is for browsers, and none takes part in a call between services.';
    return [{ path: [...path, 'cors'], at: 'key' as const, message, hint: 'Move it to a route.' }];
  });
}
