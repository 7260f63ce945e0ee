import type { RoutePolicy } from '../../protocol/policy.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { transformPolicy } from './transform.ts';
import { validatePolicy } from './validate.ts';

/** What happens to the content of messages. */
export function contentPolicy(written: WrittenPolicy): RoutePolicy {
  const transform = transformPolicy(written.transform);
  const validate = validatePolicy(written.validate);
  return { ...(transform && { transform }), ...(validate && { validate }) };
}
