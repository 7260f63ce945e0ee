import type { Environment } from '../../model/delivery.ts';
import { matchesOf } from '../../protocol/route-match.ts';
import type { Service, Workspace } from '../../model/workspace.ts';
import { calleesFirst } from '../affected/callees-first.ts';
import type { Image } from './read-images.ts';

/** One call of a hook. */
export interface HookCall {
  readonly kind: 'deploy' | 'analyse' | 'rollback';
  readonly service: string;
  readonly words: readonly string[];
  /** Percent of the requests that the new version gets. */
  readonly weight: number;
  /** What the hook gets in its environment, beside what msa itself has. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What a release does to one service, and how it is taken back. */
export interface ServicePlan {
  readonly service: string;
  readonly image: Image;
  readonly calls: readonly HookCall[];
  readonly rollback: HookCall;
}

export interface DeployRequest {
  readonly workspace: Workspace;
  readonly environment: Environment;
  readonly images: readonly Image[];
}

/** Every call of a release in its order: callees before their callers, one service after the other. */
export function planDeploy({ workspace, environment, images }: DeployRequest): readonly ServicePlan[] {
  return calleesFirst(workspace.services).flatMap((service) => {
    const image = images.find((each) => each.service === service.name);
    return image === undefined ? [] : [planService(environment, service, image)];
  });
}

function planService(environment: Environment, service: Service, image: Image): ServicePlan {
  const call = (kind: HookCall['kind'], weight: number): HookCall => ({
    kind,
    service: service.name,
    words: kind === 'analyse' ? (environment.analyse ?? []) : environment.deploy,
    weight,
    variables: variablesOf({ environment, service, image }, kind, weight),
  });
  const steps = weightsOf(environment).flatMap((weight) => [
    call('deploy', weight),
    ...(isAnalysed(environment, weight) ? [call('analyse', weight)] : []),
  ]);
  return { service: service.name, image, calls: steps, rollback: call('rollback', 0) };
}

function weightsOf({ strategy, weights }: Environment): readonly number[] {
  const before = { rolling: [], canary: weights, 'blue-green': [0] }[strategy];
  return [...before, 100];
}

/** Before it gets everything; a rolling release, which has no step before, is judged by what it does with everything. */
function isAnalysed({ analyse, strategy }: Environment, weight: number): boolean {
  return analyse !== undefined && (weight < 100 || strategy === 'rolling');
}

interface Facts {
  readonly environment: Environment;
  readonly service: Service;
  readonly image: Image;
}

function variablesOf(
  { environment, service, image }: Facts,
  kind: HookCall['kind'],
  weight: number,
): Readonly<Record<string, string>> {
  return {
    // What is analysed is a deployment.
    MSA_ACTION: kind === 'rollback' ? 'rollback' : 'deploy',
    MSA_SERVICE: service.name,
    MSA_ENVIRONMENT: environment.name,
    MSA_IMAGE: image.reference,
    MSA_DIGEST: image.digest,
    MSA_WEIGHT: String(weight),
    MSA_URL: environment.url ?? '',
    MSA_ROUTES: askableRoutes(service).join(' '),
  };
}

/** Paths at which a plain GET reaches the service from outside. */
function askableRoutes({ routes }: Service): readonly string[] {
  const matches = routes.filter(({ hosts }) => hosts === undefined).flatMap((route) => matchesOf(route));
  const plain = matches.filter(({ methods, headers, query }) => {
    const isFree = Object.keys(headers ?? {}).length === 0 && Object.keys(query ?? {}).length === 0;
    return isFree && methods?.includes('GET') !== false;
  });
  return [...new Set(plain.map(({ path }) => path))].filter((path) => !path.includes(' '));
}
