import type { RedirectPolicy } from '../../../protocol/policies/redirect.ts';
import { redirectStatuses } from '../../../protocol/policies/redirect.ts';
import type { RespondPolicy } from '../../../protocol/policies/respond.ts';
import type { SplitPolicy } from '../../../protocol/policies/split.ts';
import { schemeOf } from '../../http/forwarding.ts';
import type { Feature, FeatureContext, TargetFacts } from '../../pipeline/feature.ts';
import type { RequestStep, WholeAnswer } from '../../pipeline/outcome.ts';
import { refuse } from '../../problems.ts';
import { redirectLocation } from '../redirect-location.ts';
import { Shares } from '../shares.ts';
import { demand, demandFields, demandHost, demandPathChange } from './sound.ts';

/** Members of a policy that say where requests go. */
const destinations: readonly string[] = ['aggregate', 'redirect', 'respond', 'split'];

/** Requests that do not go to the service of their route: to one of several, elsewhere by a redirect, or to nobody. */
export function createDestination(context: FeatureContext): Feature {
  return {
    name: 'destination',
    compile({ kind, policy, service }: TargetFacts) {
      const { redirect, respond, split } = policy;
      if (redirect) return { step: redirectStep(redirect) };
      if (respond) return { step: respondStep(respond) };
      if (split) return { step: splitStep(split, context) };
      const leadsSomewhere = kind === 'edge' || service.name !== '' || destinations.some((key) => key in policy);
      if (!leadsSomewhere) throw new TypeError('no service has the route, and its policy does not say where it leads');
      return undefined;
    },
  };
}

const noBody = Buffer.alloc(0);

function redirectStep(redirect: RedirectPolicy): RequestStep {
  const { status, scheme, host, port, path } = redirect;
  demand(redirectStatuses.includes(status), 'the status');
  demand(scheme === undefined || scheme === 'http' || scheme === 'https', 'the scheme');
  demand(port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536), 'the port');
  demandHost(host, 'redirect');
  demandPathChange(path, 'redirect');
  return ({ authority, path: asked, query, client }): WholeAnswer => {
    const from = { scheme: schemeOf(client.secure), authority, path: asked, query };
    return { status, fields: ['location', redirectLocation(redirect, from)], body: noBody };
  };
}

function respondStep({ status, headers, body }: RespondPolicy): RequestStep {
  demand(Number.isInteger(status) && status >= 200 && status < 600, 'the status');
  demandFields(headers, 'respond');
  demand(typeof body === 'string', 'the body');
  const answer: WholeAnswer = { status, fields: Object.entries(headers).flat(), body: Buffer.from(body) };
  return () => ({ ...answer, fields: [...answer.fields] });
}

function splitStep(split: SplitPolicy, { service }: FeatureContext): RequestStep {
  demand(Array.isArray(split), 'the split');
  for (const { weight, service: name } of split)
    demand(typeof name === 'string' && Number.isFinite(weight) && weight >= 0, 'a share');
  const shares = new Shares(split.map((share) => ({ item: share.service, weight: share.weight })));
  return (incoming) => {
    const name = shares.next();
    // Looked up anew each time, since services come and go with states while this stays.
    const chosen = name === undefined ? undefined : service(name);
    if (!chosen) return refuse('misconfigured', `There is no service ${name ?? 'with a weight'}.`);
    incoming.service = chosen;
    return undefined;
  };
}
