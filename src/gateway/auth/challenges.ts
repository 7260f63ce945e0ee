import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Lack } from './requirement.ts';

/** How a client can prove who it is here. */
export interface Means {
  readonly realm: string;
  readonly tokens: boolean;
  readonly keys: boolean;
}

/** Refusals as RFC 6750, 3 has them: what is in the challenge is for programs, the document says it to people. */
export class Challenges {
  private readonly bearer: string;
  private readonly key: string;
  private readonly means: Means;

  constructor(means: Means) {
    this.means = means;
    const realm = `realm="${means.realm.replaceAll(/[^ !#-[\]-~]/g, '_')}"`;
    this.bearer = `Bearer ${realm}`;
    // No registered scheme, but 401 must name one (RFC 9110, 15.5.2).
    this.key = `ApiKey ${realm}, header="X-API-Key"`;
  }

  /** Nothing was shown: then there is no error, only the question (RFC 6750, 3.1). */
  missing(): Refusal {
    const { tokens, keys } = this.means;
    const fields = [...(tokens ? field(this.bearer) : []), ...(keys ? field(this.key) : [])];
    const what = [...(tokens ? ['a token (`Authorization: Bearer …`)'] : []), ...(keys ? ['an `X-API-Key`'] : [])];
    return refuse('authentication-required', `This address asks for ${what.join(' or ')}.`, fields);
  }

  invalidRequest(reason: string): Refusal {
    return refuse('invalid-request', reason, field(this.withError('invalid_request', reason)));
  }

  invalidToken(reason: string): Refusal {
    return refuse('invalid-token', reason, field(this.withError('invalid_token', reason)));
  }

  invalidKey(): Refusal {
    return refuse('invalid-token', 'The API key is not known here.', field(this.key));
  }

  insufficient(lack: Lack): Refusal {
    const [what, names] =
      lack.kind === 'scopes' ? ['all of the scopes', lack.scopes] : ['one of the roles', lack.roles];
    const reason = `This needs ${what} ${names.join(', ')}.`;
    const scope = lack.kind === 'scopes' ? `, scope="${names.join(' ')}"` : '';
    const { tokens } = this.means;
    // Who has nothing but keys cannot do anything with an error of another scheme.
    return refuse('not-permitted', reason, tokens ? field(`${this.bearer}, error="insufficient_scope"${scope}`) : []);
  }

  private withError(error: string, reason: string): string {
    if (!this.means.tokens) return this.key;
    return `${this.bearer}, error="${error}", error_description="${reason}"`;
  }
}

function field(value: string): readonly string[] {
  return ['www-authenticate', value];
}
