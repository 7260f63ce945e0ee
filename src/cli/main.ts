import { exitCodes, MsaError } from '../model/errors.ts';
import type { CommandResult } from './arguments/command.ts';
import { createTree, type CommandNode } from './arguments/command-tree.ts';
import { scanGlobalFlags } from './arguments/global-options.ts';
import { describeNode, renderHelp } from './arguments/help.ts';
import { parseArguments, type Request } from './arguments/parse-arguments.ts';
import { commands, groups } from './commands.ts';
import { readVersion } from './package-root.ts';
import type { BugContext } from './terminal/bug-report.ts';
import { watchInterrupts } from './terminal/interrupt.ts';
import { createPrinter, type Printer } from './terminal/printer.ts';
import type { World } from './world.ts';

/** Runs one call of msa, given the words after `msa`, and returns its exit code. Never throws, never ends the process. */
export async function main(argv: readonly string[], overrides: Partial<World> = {}): Promise<number> {
  const world: World = { ...ownWorld(), ...overrides };
  const root = createTree(world.commands, groups);
  if (argv[0] === '__complete') {
    const { printCandidates } = await import('./completion/print-candidates.ts');
    return printCandidates({ root, world });
  }
  const { stdout, stderr, env } = world;
  const printerFor = (flags: Request['flags'], jsonLines = false): Promise<Printer> =>
    createPrinter({ stdout, stderr, env, flags, jsonLines });
  let request: Request;
  try {
    request = parseArguments(argv, root);
  } catch (error) {
    const printer = await printerFor(scanGlobalFlags(argv));
    return printer.failure(error, bugContext(argv, root));
  }
  const printer = await printerFor(request.flags, request.kind === 'run' && request.spec.jsonLines === true);
  try {
    return printer.result(await carryOut(request, { world, root, printer }));
  } catch (error) {
    return printer.failure(error, bugContext(argv, root));
  }
}

/**
 * Runs msa as the program of this process.
 * @public bin/msa.js calls it
 */
export async function start(): Promise<void> {
  let isTerminalGone = false;
  let unwritten: Error | undefined;
  // No reason to stop in the middle of something: a full disk must keep nobody from `msa down > log`.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      isTerminalGone ||= error.code === 'EIO';
      // Whoever reads us may go first (`msa … | head -1`); there is nobody left to tell.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') unwritten ??= error;
    });
  }
  // Of an open question it is the input that is told first.
  if (process.stdin.isTTY) process.stdin.on('error', () => (isTerminalGone = true));
  process.once('exit', () => {
    // Node would put the terminal back as it was, and where that fails abort with a core dump.
    if (isTerminalGone) process.kill(process.pid, 'SIGKILL');
  });
  const argv = process.argv.slice(2);
  process.on('uncaughtException', (error) => {
    void reportAndExit(error, argv);
  });
  const exitCode = await main(argv);
  process.exitCode = exitCode;
  // What could not be written is known a moment later.
  await new Promise((resolve) => setImmediate(resolve));
  if (unwritten !== undefined && exitCode === 0) await reportAndExit(outputLost(unwritten), argv);
}

function outputLost(cause: Error): MsaError {
  return new MsaError('MSA_WRITE_FAILED', `the output could not be written: ${cause.message}`, {
    hint: 'What the command did stands; check where its output goes.',
    cause,
  });
}

async function reportAndExit(error: unknown, argv: readonly string[]): Promise<void> {
  const { stdout, stderr, env } = process;
  const printer = await createPrinter({ stdout, stderr, env, flags: scanGlobalFlags(argv) });
  process.exit(printer.failure(error, bugContext(argv, createTree(commands, groups))));
}

interface Call {
  readonly world: World;
  readonly root: CommandNode;
  readonly printer: Printer;
}

async function carryOut(request: Request, call: Call): Promise<CommandResult> {
  if (request.kind === 'run') return runCommand(request, call);
  if (request.kind === 'version') {
    const version = readVersion();
    return { data: { version }, text: version };
  }
  return { data: describeNode(request.node), text: renderHelp(request.node, call.printer) };
}

async function runCommand(
  { spec, input, flags }: Extract<Request, { kind: 'run' }>,
  { world, printer }: Call,
): Promise<CommandResult> {
  if (world.cwd === '') {
    throw new MsaError('MSA_READ_FAILED', 'the current directory does not exist any more', {
      hint: 'Change to one that does: cd ~',
    });
  }
  using interrupts = watchInterrupts({
    source: world.signals,
    mode: spec.onInterrupt ?? 'undo',
    announce: () => printer.warn('Stopping … press Ctrl-C again to end at once.'),
    force: () => process.exit(exitCodes.interrupted),
  });
  const { signal } = interrupts;
  const { buildDeps } = await import('./build-deps.ts');
  const [deps, command] = await Promise.all([buildDeps({ world, flags, printer, signal }), spec.load()]);
  try {
    return await command.run(input, { ...deps, ...world.deps });
  } catch (error) {
    // A command that stops for the signal throws the signal's reason, or what an adapter made of it.
    const stopped = signal.aborted && error instanceof Error && error.name === 'AbortError';
    throw stopped ? new MsaError('MSA_INTERRUPTED', 'interrupted', { cause: error }) : error;
  }
}

function ownWorld(): World {
  const { stdout, stderr, stdin, env } = process;
  return { stdout, stderr, stdin, env, cwd: currentDirectory(), signals: process, commands, deps: {} };
}

/** Empty when it does not exist any more: help and the version are there all the same. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}

function bugContext(argv: readonly string[], root: CommandNode): BugContext {
  const wordsOf = (node: CommandNode): readonly string[] => [...node.path, ...node.children.flatMap(wordsOf)];
  return {
    argv,
    knownWords: new Set(wordsOf(root)),
    version: readVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
