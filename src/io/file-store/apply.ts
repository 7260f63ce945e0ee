import * as fs from 'node:fs';
import * as path from 'node:path';

import { MsaError } from '../../model/errors.ts';
import type { FileChange } from '../../ports/file-store.ts';
import { containment } from './containment.ts';
import { codeOf, messageOf, writeHint } from './errno.ts';
import { openJournal, type Journal } from './journal.ts';

/**
 * Carries out all changes below root, or none of them. Once it has the lock it makes synchronous calls only: for a
 * hundred small files they take a fifth of the time, and nothing else has to happen meanwhile.
 */
export async function applyChanges(root: string, changes: readonly FileChange[]): Promise<void> {
  if (changes.length === 0) return;
  refuseOutside(root, changes);
  const journal = await openJournal(root).catch((error: unknown) => {
    throw writeFailed(root, error);
  });
  try {
    stage(journal, changes);
    for (const [index, change] of changes.entries()) {
      carryOut({ root, journal, change, index });
    }
  } catch (error) {
    journal.undo();
    throw writeFailed(root, error);
  }
  journal.close();
}

/** All texts are written before the first file is touched: a full disk is noticed in time. */
function stage(journal: Journal, changes: readonly FileChange[]): void {
  for (const [index, change] of changes.entries()) {
    if (change.kind !== 'create' && change.kind !== 'update') continue;
    fs.writeFileSync(path.join(journal.directory, `new-${index}`), change.content, { mode: modeOf(change) });
  }
}

/** Of a file that is created; one that is updated keeps its own. */
function modeOf(change: FileChange): number {
  if (change.kind !== 'create') return 0o600;
  if (change.secret === true) return 0o600;
  return change.executable === true ? 0o777 : 0o666;
}

interface Task {
  readonly root: string;
  readonly journal: Journal;
  readonly change: FileChange;
  readonly index: number;
}

function carryOut({ root, journal, change, index }: Task): void {
  const target = path.join(root, change.path);
  const staged = path.join(journal.directory, `new-${index}`);
  const saved = path.join(journal.directory, `old-${index}`);
  switch (change.kind) {
    case 'create':
      makeDirectories(root, path.dirname(change.path), journal);
      journal.step({ did: 'create', path: change.path, aside: `new-${index}` }, () => createFile(staged, target));
      return;
    case 'update':
      updateFile({ root, journal, change, index });
      return;
    case 'delete':
    case 'delete-directory':
      journal.step({ did: 'remove', path: change.path, aside: `old-${index}` }, () => fs.renameSync(target, saved));
      return;
  }
}

/** A link stays a link: what it leads to is what changes, as in an editor. */
function updateFile({ root, journal, change, index }: Task & { readonly change: { kind: 'update' } }): void {
  const real = throughLink(root, change.path);
  const target = path.join(root, real);
  const staged = path.join(journal.directory, `new-${index}`);
  const saved = path.join(journal.directory, `old-${index}`);
  if (change.was !== undefined) refuseChanged(target, change.was);
  journal.step({ did: 'replace', path: real, aside: `old-${index}` }, () => replaceFile({ staged, target, saved }));
}

function throughLink(root: string, relative: string): string {
  const target = path.join(root, relative);
  if (!fs.lstatSync(target).isSymbolicLink()) return relative;
  const real = path.relative(fs.realpathSync(root), fs.realpathSync(target));
  if (real !== '..' && !real.startsWith(`..${path.sep}`) && !path.isAbsolute(real)) return real;
  throw new MsaError('MSA_WRITE_FAILED', `${target} is a link that leads out of the workspace; nothing was written`, {
    hint: 'Put the file itself there, or edit what the link leads to by hand.',
  });
}

function makeDirectories(root: string, directory: string, journal: Journal): void {
  const missing: string[] = [];
  for (let at = directory; at !== '.' && !isDirectory(path.join(root, at)); at = path.dirname(at)) {
    missing.unshift(at);
  }
  for (const each of missing) {
    journal.step({ did: 'make-directory', path: each, aside: '' }, () => makeDirectory(path.join(root, each)));
  }
}

function makeDirectory(directory: string): void {
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new MsaError('MSA_WRITE_FAILED', `${directory} is a file, and a directory is needed; nothing was written`, {
      hint: 'Move the file away, or choose another name.',
      cause: error,
    });
  }
}

/** Fails when the name is taken: unlike a rename, neither call ever replaces a file. */
function createFile(staged: string, target: string): void {
  try {
    fs.linkSync(staged, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // Some file systems have no links.
    fs.copyFileSync(staged, target, fs.constants.COPYFILE_EXCL);
  }
}

function replaceFile({ staged, target, saved }: Record<'staged' | 'target' | 'saved', string>): void {
  const { mode } = fs.statSync(target);
  fs.chmodSync(staged, mode);
  keepAside(target, saved);
  fs.renameSync(staged, target);
}

function keepAside(file: string, saved: string): void {
  try {
    fs.linkSync(file, saved);
  } catch {
    // For file systems without links. The name appears only when the copy is complete: undoing relies on it.
    fs.copyFileSync(file, `${saved}.part`);
    fs.renameSync(`${saved}.part`, saved);
  }
}

function refuseChanged(target: string, was: string): void {
  if (fs.readFileSync(target, 'utf8') === was) return;
  throw new MsaError(
    'MSA_CHANGED_MEANWHILE',
    `${target} was changed by someone else in the meantime; nothing was written`,
    {
      hint: 'Run the command again: it starts from what the file says now.',
    },
  );
}

function refuseOutside(root: string, changes: readonly FileChange[]): void {
  const staysBelow = containment(root);
  for (const { path: relative } of changes) {
    if (staysBelow(relative)) continue;
    throw new MsaError('MSA_WRITE_FAILED', `${JSON.stringify(relative)} does not stay below ${root}`, {
      hint: 'Use a relative path without "..", and replace links on its way by real directories.',
    });
  }
}

function isDirectory(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function writeFailed(root: string, error: unknown): MsaError {
  if (error instanceof MsaError) return error;
  return new MsaError('MSA_WRITE_FAILED', `nothing was written below ${root}: ${messageOf(error)}`, {
    ...writeHint(error),
    cause: error,
  });
}
