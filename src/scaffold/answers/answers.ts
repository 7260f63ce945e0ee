import type { Machine, Transition } from '../../../templates/rest/base/src/resource.ts';

/** A resource's life, as the generated declaration says it: the two can never mean different things. */
export type { Machine, Transition };

/** What a user decided about a service; everything generated follows from it. Kept in .msa/base for upgrades. */
export interface ServiceAnswers {
  readonly template: TemplateName;
  readonly name: string;
  readonly description: string;
  readonly resource: ResourceAnswers;
  readonly store: StoreName;
  readonly calls: readonly string[];
  /** The example whose layer is laid over the template, such as `shop`. */
  readonly example?: string;
}

interface ResourceAnswers {
  /** Singular, kebab-case: `order`. */
  readonly name: string;
  /** Plural, kebab-case; also the path segment: `orders`. */
  readonly plural: string;
  readonly fields: readonly Field[];
  readonly machine: Machine | null;
}

export const templateNames = ['rest'] as const;
type TemplateName = (typeof templateNames)[number];

export const storeNames = ['memory', 'redis', 'postgres'] as const;
export type StoreName = (typeof storeNames)[number];

export const fieldTypes = [
  'string',
  'text',
  'int',
  'number',
  'boolean',
  'date',
  'datetime',
  'uuid',
  'email',
  'url',
  'enum',
] as const;
export type FieldType = (typeof fieldTypes)[number];

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly optional: boolean;
  readonly list: boolean;
  /** Only for `enum`. */
  readonly values?: readonly string[];
}
