import { Agent } from 'undici';

import type { AuthIssuer, GatewayAuth } from '../../protocol/policies/auth.ts';
import type { FeatureContext } from '../pipeline/feature.ts';
import { Challenges } from './challenges.ts';
import { keyDocument } from './fetch-keys.ts';
import { KeyHolders } from './key-holders.ts';
import { KeySet } from './key-set.ts';
import type { Accepted } from './read-credentials.ts';
import { checkGatewayAuth } from './read-rules.ts';
import { TokenChecker } from './token-checker.ts';
import type { KnownIssuer } from './token-checker.ts';

type TrustContext = Pick<FeatureContext, 'service' | 'call' | 'log' | 'limits'>;

const nobody: GatewayAuth = { issuers: [], keys: [] };

/** Whom the gateway believes at the moment. Issuers whose rules stay the same keep their keys, and tokens their verdicts. */
export class Trust {
  readonly checker = new TokenChecker(Date.now);
  holders = new KeyHolders([]);
  accepted: Accepted = { tokens: false, keys: false };
  challenges = new Challenges({ realm: '', ...this.accepted });
  /** What keeps it from being used. */
  private problem: string | undefined = 'no state has come yet';
  private issuers = new Map<string, KnownIssuer>();
  private rules = '';
  private readonly context: TrustContext;
  private readonly agent = new Agent({ connections: 2 });

  constructor(context: TrustContext) {
    this.context = context;
  }

  update(rules: GatewayAuth | undefined, realm: string): void {
    const written = JSON.stringify([rules, realm]);
    // States come with every change of an instance; most change nothing here.
    if (written === this.rules) return;
    this.rules = written;
    this.problem = problemOf(rules);
    const { issuers, keys } = this.problem === undefined && rules ? rules : nobody;
    this.issuers = new Map(issuers.map((issuer) => [issuer.issuer, this.knownIssuer(issuer)]));
    this.checker.trust(this.issuers);
    this.holders = new KeyHolders(keys);
    // Where there are no issuers, keys are what is asked for, even before there are any.
    this.accepted = { tokens: issuers.length > 0, keys: keys.length > 0 || issuers.length === 0 };
    this.challenges = new Challenges({ realm, ...this.accepted });
  }

  /** Where the keys of each issuer stand; undefined where nobody is believed. */
  status(): object | undefined {
    if (this.issuers.size === 0) return undefined;
    return {
      tokens: this.checker.counts(),
      issuers: [...this.issuers.values()].map(({ rules, keys }) => ({ issuer: rules.issuer, ...keys.status() })),
    };
  }

  /** Throws when nobody can be believed, so that nobody is let in. */
  requireUsable(): void {
    if (this.problem !== undefined) throw new TypeError(this.problem);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private knownIssuer(rules: AuthIssuer): KnownIssuer {
    const known = this.issuers.get(rules.issuer);
    if (known && JSON.stringify(known.rules) === JSON.stringify(rules)) return known;
    const { issuer, refreshMs, keepMs } = rules;
    const onFailure = (reason: string): void => {
      this.context.log.say('warn', 'signing keys not read', { issuer, reason });
    };
    const fetch = keyDocument(rules.keys, this.context, this.agent);
    const cooldownMs = this.context.limits.issuerCooldownMs;
    return { rules, keys: new KeySet({ fetch, now: Date.now, refreshMs, keepMs, cooldownMs, onFailure }) };
  }
}

function problemOf(rules: GatewayAuth | undefined): string | undefined {
  if (!rules) return 'gateway.auth says nothing';
  try {
    checkGatewayAuth(rules);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
