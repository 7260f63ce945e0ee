import { asObject } from '../own/json-object.ts';
import { dropInvalid, SchemaChecker } from './compile-schemas.ts';
import type { Steps } from './in-turns.ts';
import { readContract } from './read-contract.ts';
import type { Contract } from './read-contract.ts';

export interface UsableContract {
  readonly contract: Contract;
  readonly checker: SchemaChecker;
}

/** Makes what messages are compared with of the text of a contract, step by step; throws when it is none. */
export function* compileContract(bytes: Buffer): Steps<UsableContract> {
  const document = asObject(JSON.parse(bytes.toString('utf8')));
  const version = document?.['openapi'];
  if (!document || typeof version !== 'string' || !version.startsWith('3.')) throw new TypeError('is no OpenAPI 3');
  const contract = yield* readContract(document);
  yield* dropInvalid(contract.schemas);
  return { contract, checker: new SchemaChecker(contract.schemas) };
}
