import { asMapping, type Mapping } from '../../../model/yaml/mapping.ts';
import { itemsOf, limits, memberOf, membersOf, target, unreadable, type ContractDocument } from '../document.ts';

/** A schema as what must hold all at once: itself, what it refers to, and every member of its `allOf`. */
export interface FlatSchema {
  /** Mappings of the document whose keywords count; `allOf` and `$ref` in them are done with. */
  readonly parts: readonly Mapping[];
  /** True for a schema that nothing fits: `false`. */
  readonly never: boolean;
  /** True where null fits besides: `nullable`, or an alternative of type null. */
  readonly orNull: boolean;
  /** `anyOf` and `oneOf`, as far as they are more than a null beside one schema. */
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly kind: 'anyOf' | 'oneOf';
  readonly branches: readonly unknown[];
  /** The mapping it stands in. */
  readonly owner: Mapping;
}

/** Flattens the schemas of one document, each once. */
export class Flattener {
  readonly document: ContractDocument;
  private readonly known = new Map<object, FlatSchema>();
  private readonly numbers = new Map<object, number>();
  private readonly joined = new Map<string, Mapping>();

  constructor(document: ContractDocument) {
    this.document = document;
  }

  flatten(schema: unknown): FlatSchema {
    const mapping = asMapping(schema);
    if (mapping === undefined) return { parts: [], never: schema === false, orNull: false, choices: [] };
    const found = this.known.get(mapping) ?? this.collect(mapping);
    this.known.set(mapping, found);
    return found;
  }

  /** Several schemas that must hold at once as one; the same ones give the same one. */
  join(schemas: readonly unknown[]): unknown {
    if (schemas.includes(false)) return false;
    const mappings = [
      ...new Set(schemas.map((schema) => asMapping(schema)).filter((mapping) => mapping !== undefined)),
    ];
    const [first] = mappings;
    if (first === undefined || mappings.length === 1) return first ?? true;
    const key = mappings
      .map((mapping) => this.numberOf(mapping))
      .toSorted((left, right) => left - right)
      .join(' ');
    const known = this.joined.get(key);
    if (known !== undefined) return known;
    if (this.joined.size > limits.pairs) throw unreadable(this.document.name, 'its `allOf` combine too many schemas');
    const joined = { allOf: mappings };
    this.joined.set(key, joined);
    return joined;
  }

  /** Schemas by their names; those of one name hold at once. */
  joinMembers(mappings: readonly unknown[]): ReadonlyMap<string, unknown> {
    const all = new Map<string, unknown[]>();
    for (const [name, schema] of mappings.flatMap((mapping) => membersOf(mapping))) {
      all.set(name, [...(all.get(name) ?? []), schema]);
    }
    return new Map([...all].map(([name, schemas]) => [name, this.join(schemas)]));
  }

  private numberOf(mapping: object): number {
    const number = this.numbers.get(mapping) ?? this.numbers.size;
    this.numbers.set(mapping, number);
    return number;
  }

  private collect(schema: Mapping): FlatSchema {
    const parts = new Set<Mapping>();
    let never = false;
    let waiting: unknown[] = [schema];
    for (let steps = 0; waiting.length > 0; steps += 1) {
      if (steps > limits.references)
        throw unreadable(this.document.name, 'its `allOf` and `$ref` lead through too many others');
      const next: unknown[] = [];
      for (const each of waiting) {
        const mapping = asMapping(each);
        never ||= each === false;
        if (mapping === undefined || parts.has(mapping)) continue;
        const reference = memberOf(mapping, '$ref');
        if (typeof reference === 'string') next.push(target(this.document, reference));
        // Before 3.1 nothing counts beside a reference.
        if (typeof reference === 'string' && this.document.version === '3.0') continue;
        parts.add(mapping);
        next.push(...itemsOf(memberOf(mapping, 'allOf')));
      }
      waiting = next;
    }
    return this.withChoices({ parts: [...parts], never, root: schema });
  }

  private withChoices({
    parts,
    never,
    root,
  }: {
    readonly parts: readonly Mapping[];
    readonly never: boolean;
    readonly root: Mapping;
  }): FlatSchema {
    const isNullable = memberOf(root, 'nullable') === true && memberOf(root, 'type') === undefined;
    const found = parts.flatMap((owner) =>
      (['anyOf', 'oneOf'] as const).flatMap((kind) => {
        const branches = itemsOf(memberOf(owner, kind));
        return branches.length === 0 ? [] : [{ kind, branches, owner }];
      }),
    );
    const [only, ...others] = found;
    const single = others.length === 0 && only !== undefined ? this.besidesNull(only) : undefined;
    if (only === undefined || single === undefined || !parts.every((part) => saysNothingElse(part))) {
      return { parts, never, orNull: isNullable, choices: found };
    }
    const inner = this.flatten(single.schema);
    return { ...inner, never: inner.never || never, orNull: inner.orNull || single.orNull || isNullable };
  }

  /** The one alternative of a choice that is not null; undefined when there are several. */
  private besidesNull({ branches }: Choice): { readonly schema: unknown; readonly orNull: boolean } | undefined {
    const real = branches.filter((branch) => !isNull(branch));
    // One that leads back to itself stays a choice.
    return real.length === 1 && !this.leadsBack(real[0])
      ? { schema: real[0], orNull: real.length < branches.length }
      : undefined;
  }

  private leadsBack(schema: unknown): boolean {
    const seen = new Set<unknown>();
    let current = schema;
    while (seen.size < limits.references) {
      const reference = memberOf(current, '$ref');
      const choice = [...itemsOf(memberOf(current, 'anyOf')), ...itemsOf(memberOf(current, 'oneOf'))].filter(
        (each) => !isNull(each),
      );
      if (typeof reference !== 'string' && choice.length !== 1) return false;
      if (seen.has(current)) return true;
      seen.add(current);
      current = typeof reference === 'string' ? target(this.document, reference) : choice[0];
    }
    throw unreadable(this.document.name, 'its references lead through too many others');
  }
}

function isNull(schema: unknown): boolean {
  const type = memberOf(schema, 'type');
  return type === 'null' || (memberOf(schema, 'const') === null && Object.hasOwn(asMapping(schema) ?? {}, 'const'));
}

/** Keywords that say nothing about what fits, beside those that lead to other schemas. */
const annotations: ReadonlySet<string> = new Set(
  (
    'title description default example examples deprecated externalDocs xml discriminator nullable readOnly writeOnly ' +
    'allOf anyOf oneOf $ref $comment $id $schema $defs'
  ).split(' '),
);

export function saysNothingElse(part: Mapping): boolean {
  return membersOf(part).every(([key]) => annotations.has(key) || key.startsWith('x-'));
}
