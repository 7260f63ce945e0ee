import { stringify } from 'yaml';

import type { Affected, AffectedService } from '../affected/affected.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StackId } from '../stacks.ts';

export interface ChildOptions {
  /** Also the jobs that publish images and deploy them: on the branch that is delivered, not in merge requests. */
  readonly publish: boolean;
}

/**
 * The pipeline that GitLab runs for a change: a job for each affected service and thing to be done with it. What the jobs
 * do stands in `.gitlab/jobs.yml`, where people edit it.
 */
export function renderChildPipeline(affected: Affected, pipeline: Pipeline, { publish }: ChildOptions): string {
  const jobs = [
    ...testJobs(affected, pipeline),
    ...(publish && pipeline.registry !== undefined && affected.services.length > 0
      ? releaseJobs(affected, pipeline)
      : []),
  ];
  const document = {
    include: [{ local: '/.gitlab/jobs.yml' }],
    ...Object.fromEntries(jobs.length > 0 ? jobs : [['nothing to do', { extends: '.nothing' }]]),
  };
  // Quoted, because what is plain means other things to a reader of YAML 1.1, which is what GitLab has.
  const text = stringify(document, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
  return text.replaceAll(
    unprintable,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

/** What ends a line or is no text in YAML, although JSON lets it stand. */
const unprintable = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

type Job = readonly [name: string, definition: JobDefinition];

interface JobDefinition {
  readonly extends: string;
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly cache?: Cache;
}

interface Cache {
  readonly key: string | { readonly prefix: string; readonly files: readonly string[] };
}

type Variable = string | { readonly value: string; readonly expand: false };

function testJobs({ range, services, system }: Affected, { stacks }: Pipeline): readonly Job[] {
  const checked = new Set(stacks.map(({ id }) => id));
  return [
    ...services.filter(({ stack }) => checked.has(stack)).map((service) => checkJob(service)),
    ...services.map((service) => imageJob(service)),
    ...(services.length === 0 || range.from === undefined ? [] : [contractJob(range.from, range.to)]),
    ...(system.length === 0 ? [] : [systemJob(system)]),
  ];
}

function releaseJobs({ services }: Affected, { environments }: Pipeline): readonly Job[] {
  return [
    ...services.map((service): Job => [
      `publish ${service.name}`,
      { extends: '.publish', variables: ofService(service) },
    ]),
    ...environments.map(({ name }): Job => [`deploy-${name}`, { extends: `.deploy-${name}` }]),
    ...environments.map(({ name }): Job => [`rollback-${name}`, { extends: `.rollback-${name}` }]),
  ];
}

function checkJob(service: AffectedService): Job {
  const { name, stack } = service;
  return [`check ${name}`, { extends: `.check-${stack}`, variables: ofService(service), cache: cacheOf(service) }];
}

function imageJob(service: AffectedService): Job {
  return [
    `image ${service.name}`,
    { extends: '.image', variables: ofService(service), cache: { key: `image-${service.name}` } },
  ];
}

function contractJob(from: string, to: string | undefined): Job {
  const range = to === undefined ? from : `${from}..${to}`;
  return ['contract', { extends: '.contract', variables: { RANGE: range } }];
}

function systemJob(system: Affected['system']): Job {
  return ['system', { extends: '.system', variables: { SYSTEM: system.join(' ') } }];
}

function ofService({ name, path }: AffectedService): Readonly<Record<string, Variable>> {
  return { SERVICE: name, SERVICE_PATH: literal(path) };
}

/** GitLab puts values in place of `$NAME`, for which it has an escape, and of `%NAME%`, for which it has none. */
function literal(text: string): Variable {
  return /%\w+%/.test(text) ? { value: text, expand: false } : text.replaceAll('$', '$$$$');
}

/** What decides whether the downloads of a service that are kept are still the ones it needs; GitLab takes two files. */
const lockFiles: Readonly<Record<StackId, readonly string[]>> = {
  node: ['package-lock.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
  uv: ['uv.lock'],
  pip: ['requirements.txt'],
  go: ['go.sum'],
  maven: ['pom.xml'],
  gradle: ['gradle.lockfile', 'gradle/wrapper/gradle-wrapper.properties'],
  docker: [],
};

function cacheOf({ name, path, stack }: AffectedService): Cache {
  const prefix = `check-${name}`;
  // Whether it expands these too, and what the escape is there, GitLab does not say.
  if (/[$%]/.test(path)) return { key: prefix };
  return { key: { prefix, files: lockFiles[stack].map((file) => (path === '.' ? file : `${path}/${file}`)) } };
}
