import type { ValidatePolicy } from '../../protocol/policies/validate.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';
import { parseSizeBytes } from '../schema/quantities.ts';

/** What is compared with the contract of a service; undefined when nothing is. */
export function validatePolicy(written: WrittenPolicy['validate']): ValidatePolicy | undefined {
  if (written === undefined || written === null || written === false) return undefined;
  const { request = true, response = false, ...rest } = written === true ? {} : written;
  const { unknown = 'pass', without = 'pass', maxBody = '1m' } = rest;
  const answers = response === true ? 'refuse' : response === 'log' ? 'log' : 'no';
  if (!request && answers === 'no') return undefined;
  return { request, response: answers, unknown, without, maxBytes: parseSizeBytes(maxBody) };
}
