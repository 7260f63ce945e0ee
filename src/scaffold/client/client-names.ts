import { camelCase, pascalCase } from '../words/names.ts';
import { isReserved } from './identifiers.ts';

/** What a client and its parts are called in code. */
export interface ClientNames {
  /** The client itself: `userProfile`. */
  readonly value: string;
  /** The function that makes another: `createUserProfileClient`. */
  readonly create: string;
  /** Its type: `UserProfileClient`. */
  readonly type: string;
  /** The function that reads the address: `userProfileUrl`. */
  readonly url: string;
}

/** The names for the client of a service, whose own name may begin with a digit or mean something in the language. */
export function clientNamesOf(callee: string): ClientNames {
  const named = /^[a-z]/.test(callee) ? callee : `service-${callee}`;
  const value = camelCase(named).replaceAll('-', '');
  const pascal = pascalCase(named).replaceAll('-', '');
  return {
    value: isReserved(value) ? `${value}Client` : value,
    create: `create${pascal}Client`,
    type: `${pascal}Client`,
    url: `${value}Url`,
  };
}
