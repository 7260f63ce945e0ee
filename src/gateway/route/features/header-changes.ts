import type { HeaderPolicy } from '../../../protocol/policies/header-changes.ts';
import { withoutFields } from '../../http/request-head.ts';
import type { Feature } from '../../pipeline/feature.ts';
import { compileChanges } from '../change-fields.ts';
import type { FieldChanges } from '../change-fields.ts';
import { demand, demandFieldName, demandFields } from './sound.ts';

/** Sets, adds and removes header fields of requests; the innermost of all features, so that the others see what came. */
export function createRequestHeaders(): Feature {
  return {
    name: 'request headers',
    compile({ policy }) {
      const changes = compile(policy.headers, 'request');
      if (!changes) return undefined;
      return {
        step({ head }) {
          head.fields = apply(changes, head.fields);
          return undefined;
        },
      };
    },
  };
}

/** Sets, adds and removes header fields of answers, whoever gave them; refusals stay as they are. */
export function createResponseHeaders(): Feature {
  return {
    name: 'response headers',
    compile({ policy }) {
      const changes = compile(policy.headers, 'response');
      if (!changes) return undefined;
      return {
        stage: {
          begin(head) {
            head.fields = apply(changes, head.fields);
            return undefined;
          },
        },
      };
    },
  };
}

function compile(headers: HeaderPolicy | undefined, side: keyof HeaderPolicy): FieldChanges | undefined {
  demand(headers === undefined || typeof headers === 'object', 'the changes of header fields');
  const changes = headers?.[side];
  if (!changes) return undefined;
  demand(Array.isArray(changes.remove ?? []), 'remove');
  demandFields(changes.set ?? {}, 'set');
  demandFields(changes.add ?? {}, 'add');
  for (const name of changes.remove ?? []) demandFieldName(name, 'remove');
  return compileChanges(changes);
}

function apply({ removed, added }: FieldChanges, fields: readonly string[]): string[] {
  const kept = removed.size === 0 ? [...fields] : withoutFields(fields, removed);
  kept.push(...added);
  return kept;
}
