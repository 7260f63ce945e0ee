import { removeField } from '../http/fields.ts';

/** Fields by which frameworks let a request say that it means another method. */
const methodFields = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

/** Leaves a request the method it has, where methods have rules of their own. */
export function dropMethodOverride(fields: string[]): void {
  for (const name of methodFields) removeField(fields, name);
}
