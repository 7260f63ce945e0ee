import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import { runDockerClient } from '../daemon/docker-client.ts';
import type { DockerHost } from '../daemon/find-docker.ts';
import { renderBakeFile, type BuildTarget } from './bake-file.ts';
import { createLineSorter, explainFailure } from './build-output.ts';

/** Builds images. What is asked for at the same time is built by one call, which shares what they have in common. */
export interface Builder {
  readonly build: (request: BuildRequest) => Promise<void>;
}

interface BuildRequest {
  readonly target: BuildTarget;
  readonly report: (line: string) => void;
  readonly signal: StopSignal;
}

interface Pending extends BuildRequest {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBuilder(host: DockerHost, env: Readonly<Record<string, string | undefined>>): Builder {
  let batch: Pending[] = [];
  const buildBatch = async (): Promise<void> => {
    const requests = batch;
    batch = [];
    try {
      await buildTogether(host, env, requests);
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  };
  return {
    build: (request) =>
      new Promise((resolve, reject) => {
        batch.push({ ...request, resolve, reject });
        // Operations without prerequisites begin in one turn of the event loop.
        if (batch.length === 1) setImmediate(() => void buildBatch());
      }),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/** One that does not build stops all: then each is built on its own, so that the good ones are there. */
async function buildTogether(host: DockerHost, env: Env, requests: readonly Pending[]): Promise<void> {
  const failure = await bake(host, env, requests);
  const [only, ...others] = requests;
  if (failure === undefined) {
    for (const { resolve } of requests) resolve();
  } else if (only !== undefined && others.length === 0) {
    only.reject(failure);
  } else {
    await Promise.all(
      requests.map(async (request) => {
        const own = await bake(host, env, [request]).catch((error: unknown) => error);
        if (own === undefined) request.resolve();
        else request.reject(own);
      }),
    );
  }
}

const bakeEnvironment = {
  // The folders are those of the workspace and our own, named by us: nobody has to be asked whether they may be read.
  BUILDX_BAKE_ENTITLEMENTS_FS: '0',
  // Who built what is for images that are published; here it would only make two things of each image.
  BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
};

/** Gives what went wrong, as an error of the first of them. */
async function bake(host: DockerHost, env: Env, requests: readonly BuildRequest[]): Promise<MsaError | undefined> {
  const [first] = requests;
  if (first === undefined) return undefined;
  // Two requests for one image (gateway and registry run from the same) are one target.
  const targets = [...new Map(requests.map(({ target }) => [target.tag, target])).values()];
  const reportOf = new Map(requests.map(({ target, report }) => [target.name, report]));
  const names = targets.map(({ name }) => name);
  const sort = createLineSorter(names);
  const { succeeded, lines } = await withScratch(env, (TMPDIR) =>
    runDockerClient(
      host,
      { ...env, ...bakeEnvironment, TMPDIR },
      {
        // Into the local store, also where the user's builder keeps its results to itself.
        argv: ['buildx', 'bake', '--file', '-', '--load', '--progress', 'plain', ...names],
        input: renderBakeFile(targets),
        onLine: (line) => reportOf.get(sort(line) ?? '')?.(line),
        signal: first.signal,
      },
    ),
  );
  return succeeded ? undefined : buildError(first.target, lines);
}

/** buildx forgets the directories that it makes for Dockerfiles it was given as text (0.13 does), so it gets one that goes. */
async function withScratch<Result>(env: Env, use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(env['TMPDIR'] || tmpdir(), 'msa-build-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function buildError(target: BuildTarget, lines: readonly string[]): MsaError {
  if (lines.some((line) => /'buildx' is not a docker command|unknown command: docker buildx/.test(line)))
    return new MsaError('MSA_ENGINE_UNAVAILABLE', "Docker's plugin for builds, buildx, is missing", {
      hint: 'Install it: https://docs.docker.com/build/install-buildx/',
    });
  const { reason, dockerfileLine, details } = explainFailure(lines);
  const where = dockerfileLine === undefined ? '' : ` (${target.context}/Dockerfile:${dockerfileLine})`;
  return new MsaError('MSA_BUILD_FAILED', `the image of ${target.name} does not build: ${reason}${where}`, { details });
}
