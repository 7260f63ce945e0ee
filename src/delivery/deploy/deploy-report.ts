import type { Image } from './read-images.ts';

/** What came of a release, service by service in the order in which it went. */
export interface DeployReport {
  readonly environment: string;
  readonly strategy: string;
  readonly outcome: DeployOutcome;
  /** Why it was taken back; undefined when all went well. */
  readonly reason: string | undefined;
  readonly services: readonly ServiceOutcome[];
  readonly calls: readonly CallOutcome[];
}

/** All of it is there; all that was begun was taken back; something of it could not be. */
type DeployOutcome = 'deployed' | 'rolled-back' | 'stuck';

export interface ServiceOutcome extends Image {
  readonly outcome: 'deployed' | 'untouched' | 'rolled-back' | 'stuck';
  /** Percent of the requests that the new version got at last, before anything was taken back. */
  readonly weight: number;
}

export interface CallOutcome {
  readonly action: 'deploy' | 'analyse' | 'rollback';
  readonly service: string;
  readonly weight: number;
  readonly succeeded: boolean;
  /** `ended with 1` */
  readonly result: string;
  readonly durationMs: number;
}

/** For the page that a pipeline shows. */
export function renderSummary({ environment, strategy, outcome, reason, services }: DeployReport): string {
  const title = {
    deployed: `Deployed to ${environment}`,
    'rolled-back': `Taken back from ${environment}`,
    stuck: `Not taken back from ${environment}: somebody has to look`,
  }[outcome];
  const rows = services.map(
    ({ service, digest, weight, outcome: each }) => `| ${service} | ${said[each]} | ${weight} % | \`${digest}\` |`,
  );
  return [
    `### ${title}`,
    '',
    ...(reason === undefined ? [] : [`${escapeMarkdown(reason)}.`, '']),
    ...(rows.length === 0 ? ['There was nothing to deploy.'] : [`Strategy: ${strategy}.`, '', ...heading, ...rows]),
    '',
  ].join('\n');
}

const heading = ['| Service | Outcome | Requests it got | Image |', '| --- | --- | ---: | --- |'];

const said: Readonly<Record<ServiceOutcome['outcome'], string>> = {
  deployed: 'deployed',
  untouched: 'not begun',
  'rolled-back': 'taken back',
  stuck: '**not taken back**',
};

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#&]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ');
}
