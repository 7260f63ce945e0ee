import { ScannableMap } from './scannable-map.ts';

/** Fields with values. */
export class Hash {
  readonly type = 'hash';
  readonly fields = new ScannableMap<string>();
  /** Once one was long, Redis keeps the hash as a table. */
  hasLongText = false;

  get size(): number {
    return this.fields.size;
  }

  /** Whether the field is new. */
  set(field: string, value: string): boolean {
    if (field.length > 64 || value.length > 64) this.hasLongText = true;
    return this.fields.set(field, value);
  }
}
