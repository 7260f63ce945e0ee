import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createEngines } from '../engines/create-engines.ts';
import { createCertificates } from '../io/certificates/certificates.ts';
import { trustFor } from '../io/certificates/trust.ts';
import { systemClock } from '../io/clock.ts';
import { createFileStore } from '../io/file-store/file-store.ts';
import { createGit } from '../io/git/git.ts';
import { createLocks } from '../io/locks/locks.ts';
import { createPrompter } from '../io/prompter.ts';
import { createStopper } from '../io/stopper.ts';
import { MsaError } from '../model/errors.ts';
import type { GlobalFlags } from './arguments/global-options.ts';
import type { Deps } from './deps.ts';
import { packageRoot, readVersion } from './package-root.ts';
import { wantsColor } from './terminal/colors.ts';
import type { Printer } from './terminal/printer.ts';
import type { World } from './world.ts';

interface Parts {
  readonly world: World;
  readonly flags: GlobalFlags;
  readonly printer: Printer;
  readonly signal: AbortSignal;
}

/** Builds the adapters of one command; the heavy ones load when they are first used. */
export async function buildDeps({ world, flags, printer, signal }: Parts): Promise<Deps> {
  const { env, stdin, stderr } = world;
  const interactive = canAsk(world, flags);
  const certificates = createCertificates(env);
  const color = wantsColor(stderr, { env, flag: flags.color });
  return {
    directory: slashes(enterDirectory(world.cwd, flags.directories)),
    files: createFileStore(),
    prompter: createPrompter({
      interactive: interactive && !flags.yes,
      yes: flags.yes,
      input: stdin,
      // Questions are not the result: stdout may be a pipe while somebody sits at the terminal.
      output: process.stderr,
      color,
      signal,
    }),
    interactive,
    yes: flags.yes,
    say: printer.say,
    liveView: canDraw(world, flags) ? { colored: color } : undefined,
    colors: printer.colors,
    output: printer.output,
    env,
    sha256,
    version: readVersion(),
    templatesDirectory: slashes(join(packageRoot(), 'templates')),
    programsDirectory: slashes(join(packageRoot(), 'dist/programs')),
    compiledTemplate: async (text) => {
      const { compiledTemplates } = await import('./compiled-templates.ts');
      return compiledTemplates.get(sha256(text));
    },
    signal,
    engines: createEngines({ programsDirectory: join(packageRoot(), 'dist', 'programs'), env, version: readVersion() }),
    certificates,
    locks: createLocks(),
    git: createGit(env),
    clock: systemClock,
    runCommand: async (call) => (await import('../io/command-runner.ts')).runCommand(call),
    createStopper,
    loadGenerator: async () => {
      const { createLoadGenerator } = await import('../io/load/load-generator.ts');
      return createLoadGenerator(systemClock, await trustFor('https:', certificates.trusted));
    },
    filterCompiler: async () => (await import('../io/filter-compiler.ts')).filterCompiler,
    httpCaller: async () => (await import('../io/http-caller.ts')).createHttpCaller(certificates.trusted),
    imageRegistry: async () => (await import('../io/image-registry/image-registry.ts')).createImageRegistry(env),
    canConnect: async (...target) => (await import('../io/can-connect.ts')).canConnect(...target),
    stdin,
    probeSystem: async (question) => {
      const { probeSystem } = await import('../io/system-probe.ts');
      return probeSystem(question);
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lines are drawn anew where somebody watches, and where that person does not read stdout through a pipe. */
function canDraw({ stdout, stderr, env }: World, { json, quiet }: GlobalFlags): boolean {
  const isTerminal = stdout.isTTY === true && stderr.isTTY === true && stderr === process.stderr;
  const isWide = (stdout.columns ?? 0) >= 40;
  return isTerminal && isWide && !json && !quiet && env['TERM'] !== 'dumb' && !isContinuousIntegration(env);
}

/** Questions need somebody who can read and answer them; a program that wants JSON is nobody. */
function canAsk({ stdin, stderr, env }: World, { json }: GlobalFlags): boolean {
  return !json && stdin.isTTY === true && stderr.isTTY === true && !isContinuousIntegration(env);
}

function isContinuousIntegration({ CI: ci = '' }: World['env']): boolean {
  return ci !== '' && ci !== 'false' && ci !== '0';
}

function enterDirectory(start: string, steps: readonly string[]): string {
  let directory = start;
  for (const step of steps) {
    directory = resolve(directory, step);
    const problem = directoryProblem(directory);
    if (problem !== undefined) throw new MsaError('MSA_USAGE', `-C ${shortened(step)}: ${problem}`);
  }
  return directory;
}

function directoryProblem(directory: string): string | undefined {
  try {
    const found = statSync(directory, { throwIfNoEntry: false });
    if (found === undefined) return `there is no directory ${directory}`;
    return found.isDirectory() ? undefined : `${directory} is no directory`;
  } catch (error) {
    return error instanceof Error ? shortened(error.message) : String(error);
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Elsewhere a backslash is a letter like any other in a name. */
function slashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
