import type { ValidatePolicy } from '../../protocol/policies/validate.ts';
import { setField } from '../http/fields.ts';
import type { Feature, FeatureContext, Layer, TargetFacts } from '../pipeline/feature.ts';
import { AnswerValidation } from './validate-answer.ts';
import { ContractSource } from './contract-source.ts';
import { RequestValidation } from './validate-request.ts';

/** Compares messages with the contract of the service they are for. */
export function createValidation(context: Pick<FeatureContext, 'call' | 'log'>): Feature {
  const source = new ContractSource(context);
  return {
    name: 'validate',
    compile: (target) => {
      const { validate, aggregate } = target.policy;
      // An answer made of several is in nobody's contract.
      if (!validate || aggregate) return undefined;
      checkPolicy(validate);
      // So that it is there when the first request comes.
      source.known(target.service);
      return compileValidation(validate, target, { source, log: context.log });
    },
  };
}

function compileValidation(
  policy: ValidatePolicy,
  target: TargetFacts,
  parts: Pick<FeatureContext, 'log'> & { readonly source: ContractSource },
): Layer {
  const requests = new RequestValidation(policy, target, parts.source);
  if (policy.response === 'no') return { step: (incoming) => requests.check(incoming) };
  const answers = new AnswerValidation(policy, target, parts);
  return {
    step: (incoming) => {
      // In a coding it could not be read.
      setField(incoming.head.fields, 'accept-encoding', 'identity');
      return policy.request ? requests.check(incoming) : requests.await(incoming);
    },
    stage: { begin: (head, incoming) => answers.begin(head, incoming) },
  };
}

function checkPolicy({ request, response, unknown, without, maxBytes }: ValidatePolicy): void {
  const isKnown =
    typeof request === 'boolean' &&
    ['no', 'log', 'refuse'].includes(response) &&
    [unknown, without].every((word) => word === 'pass' || word === 'refuse') &&
    Number.isSafeInteger(maxBytes) &&
    maxBytes >= 0;
  if (!isKnown) throw new TypeError('not every member has a value that is known');
}
