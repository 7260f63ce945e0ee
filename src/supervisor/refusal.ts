import type { SupervisorRefusal } from '../protocol/supervisor-api.ts';

/** A request that cannot be met; told to whoever asked. */
export class Refusal extends Error {
  readonly code: SupervisorRefusal['code'];

  constructor(code: SupervisorRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}
