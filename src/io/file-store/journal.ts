import * as fs from 'node:fs';
import * as path from 'node:path';

import { containment } from './containment.ts';
import { isPresent } from './errno.ts';
import { isAlive, ownName, readHolder, removeEmptyDirectories, takeLock } from './lock.ts';

const lostAfterMs = 10_000;

/**
 * What has to be undone when a change does not reach its end. `path` is relative to the root; `aside` is the name, in
 * the journal's directory, of the new text (create) or of the original (replace, remove).
 */
interface Step {
  readonly did: 'make-directory' | 'create' | 'replace' | 'remove';
  readonly path: string;
  readonly aside: string;
}

/**
 * The steps of one change to the files below a root, kept on disk so that even `kill -9` leaves nothing half done: the
 * next command finds the journal and takes its steps back. The journal's directory is also the lock: one change at a time.
 */
export interface Journal {
  /** Where new texts and saved originals lie until the end. */
  readonly directory: string;
  /** Writes down how to take a step back, then takes it. */
  readonly step: (step: Step, act: () => void) => void;
  /** The change is complete: forget the steps. */
  readonly close: () => void;
  /** The change failed: take the steps back, latest first. */
  readonly undo: () => void;
}

/** Starts a journal below root, waiting for another process that changes the same files. */
export async function openJournal(root: string): Promise<Journal> {
  const directory = journalDirectory(root);
  const made = await takeLock({ directory, recover: () => recoverJournal(root) });
  const steps: Step[] = [];
  const log = fs.openSync(path.join(directory, 'steps'), 'a');
  const close = (): void => {
    fs.closeSync(log);
    discard(directory, made);
  };
  return {
    directory,
    step: (step, act) => {
      fs.writeSync(log, `${JSON.stringify(step)}\n`);
      steps.push(step);
      try {
        act();
      } catch (error) {
        // Creating is one atomic call: when it fails, what stands there is not ours to remove.
        if (step.did === 'create') steps.pop();
        throw error;
      }
    },
    close,
    undo: () => {
      undoSteps(steps, { root, directory });
      close();
    },
  };
}

/** Takes back what processes that no longer live left half done, and clears what they left lying; says whether there was anything. */
export function recoverJournal(root: string): boolean {
  const run = path.dirname(journalDirectory(root));
  const abandoned = isAbandoned(journalDirectory(root)) ? ['change'] : [];
  // What somebody died over while taking it back is older than any change since.
  const found = [...leftovers(run), ...abandoned].filter((name) => clear(root, path.join(run, name)));
  if (found.length === 0) removeEmptyDirectories(run, run);
  return found.length > 0;
}

/** Who holds the lock wrote that down before anyone could see it: where it cannot be read for long, a crash has lost it. */
function isAbandoned(directory: string): boolean {
  const holder = readHolder(directory);
  if (holder !== undefined) return !isAlive(holder);
  return namesIn(directory).length > 0 && fs.statSync(directory).mtimeMs < Date.now() - lostAfterMs;
}

/** What lies beside the lock and belongs to a process that no longer lives; see lock.ts and discard for the names. */
function leftovers(run: string): readonly string[] {
  return namesIn(run).filter((name) => {
    const pid = /^(?:change|done)-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

/** False when another command was faster. */
function clear(root: string, directory: string): boolean {
  const run = path.dirname(directory);
  // Renaming is atomic: of several commands that find the same journal, one takes it back.
  const isDone = path.basename(directory).startsWith('done-');
  const mine = path.join(run, ownName(isDone ? 'done' : 'change'));
  try {
    fs.renameSync(directory, mine);
  } catch {
    return false;
  }
  if (!isDone) undoSteps(readSteps(mine), { root, directory: mine });
  discard(mine, path.join(root, '.msa'));
  return true;
}

function journalDirectory(root: string): string {
  return path.join(root, '.msa', 'run', 'change');
}

/** A line that was cut short belongs to a step that was not begun. */
function readSteps(directory: string): Step[] {
  const file = path.join(directory, 'steps');
  const lines = isPresent(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
  return lines.map(parseJson).filter(isStep);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A repository from elsewhere could carry a forged journal, so it is read like any other input. */
function isStep(value: unknown): value is Step {
  if (typeof value !== 'object' || value === null) return false;
  if (!('did' in value && 'path' in value && 'aside' in value)) return false;
  const isKnown = ['make-directory', 'create', 'replace', 'remove'].includes(String(value.did));
  const isAside = typeof value.aside === 'string' && /^(?:(?:new|old)-\d+)?$/.test(value.aside);
  return isKnown && isAside && typeof value.path === 'string';
}

interface Place {
  readonly root: string;
  readonly directory: string;
}

function undoSteps(steps: readonly Step[], place: Place): void {
  const staysBelow = containment(place.root);
  for (const step of steps.toReversed()) {
    if (staysBelow(step.path)) undoStep(step, place);
  }
}

function undoStep(step: Step, { root, directory }: Place): void {
  const target = path.join(root, step.path);
  const aside = path.join(directory, step.aside);
  switch (step.did) {
    case 'make-directory':
      removeEmptyDirectories(target, undefined);
      return;
    case 'create':
      // Only what is still our text goes: it may have been edited since.
      if (isSameText(target, aside)) fs.rmSync(target, { force: true });
      return;
    case 'replace':
    case 'remove':
      if (isPresent(aside)) fs.renameSync(aside, target);
      return;
  }
}

function isSameText(left: string, right: string): boolean {
  try {
    return fs.readFileSync(left).equals(fs.readFileSync(right));
  } catch {
    return false;
  }
}

/**
 * Forgets a journal. The new name is what ends the change, in one step: were the steps and what they need removed one by
 * one, a process killed over it would leave half of them to be taken back, and the next holder of the lock its own.
 */
function discard(directory: string, made: string | undefined): void {
  const done = path.join(path.dirname(directory), ownName('done'));
  fs.renameSync(directory, done);
  try {
    fs.rmSync(done, { recursive: true, force: true });
  } catch {
    // The change is complete all the same; the next command clears it.
  }
  removeEmptyDirectories(path.dirname(directory), made);
}
