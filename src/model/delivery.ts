/** How a workspace gets from a commit to its users: the pipelines, and the environments they deploy to. */
export interface Delivery {
  /** For which systems the workspace has generated pipelines. */
  readonly pipelines: readonly PipelineProvider[];
  /** Where images go: that of a service is `<registry>/<service>`. Undefined: none are published. */
  readonly registry: string | undefined;
  /** The one that is published and deployed. */
  readonly branch: string;
  /** A cron expression: when the whole pipeline runs although nothing has changed. */
  readonly schedule: string | undefined;
  /** Services of which an instance is killed in the system test. */
  readonly chaos: readonly string[];
  /** In the order in which a release passes through them. */
  readonly environments: readonly Environment[];
}

export const pipelineProviders = ['github', 'gitlab', 'jenkins'] as const;
export type PipelineProvider = (typeof pipelineProviders)[number];

export interface Environment {
  readonly name: string;
  /** What deploys one service, as words without a shell, run in the workspace's folder. */
  readonly deploy: readonly string[];
  /** What says whether the new version does well; exit code 0: it does. */
  readonly analyse: readonly string[] | undefined;
  readonly url: string | undefined;
  readonly strategy: DeployStrategy;
  /** Percent of the requests that the new version gets, one step after the other; only of a canary. */
  readonly weights: readonly number[];
  /** A person has to agree before anything is deployed. */
  readonly approval: boolean;
}

export const deployStrategies = ['rolling', 'canary', 'blue-green'] as const;
type DeployStrategy = (typeof deployStrategies)[number];
