import type { Finding, Path } from '../problem.ts';
import { normalizeRoutePath } from '../schema/route-path.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';

/** A public path leads to one service. Paths below each other are fine: the longest wins. */
export function checkRoutes({ services }: WorkspaceDraft): readonly Finding[] {
  const seen = new Map<string, { readonly name: string; readonly text: string; readonly path: Path }>();
  const findings: Finding[] = [];
  for (const { name, routes } of services) {
    for (const { text, path } of routes) {
      const route = normalizeRoutePath(text);
      const other = seen.get(route);
      if (other === undefined) seen.set(route, { name, text, path });
      else
        findings.push({ path, message: conflict(text, name, other), hint: hint(name, other.name), other: other.path });
    }
  }
  return findings;
}

function conflict(text: string, name: string, other: { readonly name: string; readonly text: string }): string {
  const same = text === other.text ? `\`${text}\`` : `\`${text}\` is the same path as \`${other.text}\`, which`;
  return `${same} is already a route of ${name === other.name ? 'this service' : `\`${other.name}\``}.`;
}

function hint(name: string, otherName: string): string {
  return name === otherName ? 'Keep one of the two.' : 'Give one of the two another path; a path leads to one service.';
}
