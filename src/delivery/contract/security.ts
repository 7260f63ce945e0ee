import { canonicalJson } from '../../model/canonical-json.ts';
import { printable } from './change.ts';
import { report, type Comparison } from './comparison.ts';
import { itemsOf, memberOf, membersOf, resolveMapping, type ContractDocument } from './document.ts';
import type { OperationPair } from './operation-pair.ts';

/** What suffices to be let in: schemes by what they are, each with its scopes. All of them are needed. */
type Credentials = ReadonlyMap<string, { readonly name: string; readonly scopes: ReadonlySet<string> }>;

/** Each way that sufficed must still suffice. */
export function compareSecurity(comparison: Comparison, { operation, from, to }: OperationPair): void {
  const before = waysOf(comparison.from, from.operation);
  const after = waysOf(comparison.to, to.operation);
  const owner = memberOf(to.operation, 'security') ?? memberOf(comparison.to.root, 'security') ?? to.operation;
  const lost = before.filter((way) => !after.some((other) => suffices(way, other)));
  for (const way of lost) {
    report(comparison, {
      rule: 'security-narrowed',
      breaking: true,
      operation,
      document: 'to',
      owner,
      says: `no longer lets in who has ${describe(way)}; it takes ${after.map((other) => describe(other)).join(', or ')}`,
    });
  }
  const isWider = lost.length === 0 && after.some((way) => !before.some((other) => suffices(way, other)));
  if (isWider) {
    report(comparison, { rule: 'eased', breaking: false, operation, document: 'to', owner, says: 'lets more in' });
  }
}

function suffices(has: Credentials, needs: Credentials): boolean {
  return [...needs].every(([scheme, { scopes }]) => {
    const given = has.get(scheme)?.scopes;
    return given !== undefined && [...scopes].every((scope) => given.has(scope));
  });
}

/** Nothing said, or an empty list, is one way that needs nothing. */
function waysOf(document: ContractDocument, operation: unknown): readonly Credentials[] {
  const own = memberOf(operation, 'security') ?? memberOf(document.root, 'security');
  const ways = itemsOf(own).map((way) => credentialsOf(document, way));
  return ways.length === 0 ? [new Map()] : ways;
}

function credentialsOf(document: ContractDocument, way: unknown): Credentials {
  const schemes = memberOf(memberOf(document.root, 'components'), 'securitySchemes');
  return new Map(
    membersOf(way).map(([name, scopes]) => {
      const named = itemsOf(scopes).filter((scope) => typeof scope === 'string');
      return [identityOf(document, { name, scheme: memberOf(schemes, name) }), { name, scopes: new Set(named) }];
    }),
  );
}

const telling = ['type', 'in', 'scheme', 'openIdConnectUrl'] as const;

/** What a scheme is, whatever it is called. */
function identityOf(
  document: ContractDocument,
  { name, scheme }: { readonly name: string; readonly scheme: unknown },
): string {
  const definition = resolveMapping(document, scheme);
  if (definition === undefined) return name;
  const flows = membersOf(memberOf(definition, 'flows')).map(([flow, value]) => [flow, memberOf(value, 'tokenUrl')]);
  const said = telling.map((key) => [key, lowered(memberOf(definition, key))]);
  const field =
    memberOf(definition, 'in') === 'header' ? lowered(memberOf(definition, 'name')) : memberOf(definition, 'name');
  return canonicalJson({ said, flows, field: memberOf(definition, 'type') === 'apiKey' ? field : null });
}

function lowered(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function describe(way: Credentials): string {
  const words = [...way.values()].map(({ name, scopes }) =>
    printable(scopes.size === 0 ? name : `${name} (${[...scopes].join(' ')})`),
  );
  return words.length === 0 ? 'nothing' : words.join(' with ');
}
