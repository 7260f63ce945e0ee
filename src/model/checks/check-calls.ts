import { closest } from '../closest.ts';
import type { Finding } from '../problem.ts';
import type { Placed, ServiceDraft, WorkspaceDraft } from '../workspace-draft.ts';

/**
 * Each call names another service of the workspace, once. Cycles are fine: two services may well call each other, and
 * nothing starts in the order of calls.
 */
export function checkCalls({ services }: WorkspaceDraft): readonly Finding[] {
  const names = new Set(services.map(({ name }) => name));
  return services.flatMap((service) => {
    const earlier = new Map<string, Placed>();
    return service.calls.flatMap((call) => {
      const finding = checkCall(service, call, { names, earlier });
      earlier.set(call.text, earlier.get(call.text) ?? call);
      return finding;
    });
  });
}

interface Known {
  readonly names: ReadonlySet<string>;
  readonly earlier: ReadonlyMap<string, Placed>;
}

function checkCall(
  { name }: ServiceDraft,
  { text: callee, path }: Placed,
  { names, earlier }: Known,
): readonly Finding[] {
  const twice = earlier.get(callee);
  if (twice !== undefined) {
    return [
      { path, message: `\`${name}\` calls \`${callee}\` twice.`, hint: 'Keep one of the two.', other: twice.path },
    ];
  }
  if (callee === name) {
    const message = `\`${name}\` calls itself, which needs no address from msa.`;
    return [{ path, message, hint: 'Remove it from `calls`.' }];
  }
  if (names.has(callee)) return [];
  return [
    { path, message: `There is no service \`${callee}\` for \`${name}\` to call.`, hint: whoElse(callee, name, names) },
  ];
}

/** Proposes another service in place of one that there is not. */
export function whoElse(callee: string, caller: string | undefined, names: ReadonlySet<string>): string {
  const others = [...names].filter((name) => name !== caller);
  const near = closest(callee, others);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (others.length === 0) return 'It is the only service so far.';
  const shown = others.slice(0, 10).join(', ');
  return `The other services are: ${shown}${others.length > 10 ? ', …' : ''}.`;
}
