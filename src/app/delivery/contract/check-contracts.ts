import type { ContractDocument } from '../../../delivery/contract/document.ts';
import {
  callersOf,
  isRefused,
  judgeDocuments,
  judgeGone,
  versionOf,
  type Judged,
  type ServiceContract,
} from '../../../delivery/contract/judge-service.ts';
import { closest } from '../../../model/closest.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Service, Workspace } from '../../../model/workspace.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { Git } from '../../../ports/git.ts';
import { findWorkspace } from '../../find-workspace.ts';
import { findContract, openEnd, readDocument, type ContractEnd } from './contract-ends.ts';
import { resolveRange, type Range } from '../range/resolve-range.ts';
import { fromWorkspace, prefixOf, versionAt, versionOnDisk } from '../range/workspace-at.ts';
import { formerWorkspace, workspaceAt } from '../range/workspace-of.ts';

interface ContractDeps {
  readonly files: FileStore;
  readonly git: Git;
  /** Where the command works; absolute. */
  readonly directory: string;
}

interface ContractQuestion {
  /** As git writes it; undefined: since the branch parted from the default one. */
  readonly range: string | undefined;
  /** Services that may break their callers this time. */
  readonly allowed: readonly string[];
}

export interface ContractReport {
  readonly range: Range;
  /** In the order of the file; services that are gone last. */
  readonly services: readonly ServiceContract[];
  /** The services that stop a pipeline. */
  readonly refused: readonly string[];
}

/** Compares the contract of each service at both ends of a range. */
export async function checkContracts(deps: ContractDeps, question: ContractQuestion): Promise<ContractReport> {
  const { root } = await findWorkspace(deps.files, deps.directory);
  const { repository, range } = await resolveRange(deps.git, root, question.range);
  const ends = await openEnds(deps, { root, repository, range });
  const names = ends.now.services.map(({ name }) => name);
  const gone = (ends.before?.services ?? []).filter(({ name }) => !names.includes(name));
  refuseUnknown(question.allowed, [...names, ...gone.map(({ name }) => name)]);
  const services: ServiceContract[] = [];
  const allowed = { byOption: question.allowed, byCommit: await allowedByCommits(deps.git, repository, range) };
  for (const service of ends.now.services) services.push(await checkService(ends, service, allowed));
  for (const service of gone) services.push(await checkGone(ends, service, allowed));
  return { range, services, refused: services.filter((each) => isRefused(each)).map(({ service }) => service) };
}

/** Services that may break their callers this time. */
interface Allowed {
  readonly byOption: readonly string[];
  readonly byCommit: readonly string[];
}

/** `Allow-Breaking: orders, users` at the end of a message: it is reviewed with the change, and ends with its range. */
async function allowedByCommits(git: Git, root: string, { from, to }: Range): Promise<readonly string[]> {
  if (from === undefined) return [];
  const values = await git.trailers({ root, from, to }, 'Allow-Breaking');
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((name) => name !== '');
}

interface Ends {
  /** Undefined: there was nothing before. */
  readonly from: ContractEnd | undefined;
  readonly to: ContractEnd;
  readonly now: Workspace;
  /** Undefined where it is not there or cannot be read any more. */
  readonly before: Workspace | undefined;
  /** Files that the range touches, relative to the workspace. */
  readonly changed: ReadonlySet<string>;
}

interface Place {
  readonly root: string;
  readonly repository: string;
  readonly range: Range;
}

async function openEnds({ files, git }: ContractDeps, { root, repository, range }: Place): Promise<Ends> {
  const prefix = await prefixOf(files, repository, root);
  const place = { git, root: repository, prefix };
  const { from, to } = range;
  const version = to === undefined ? versionOnDisk(files, root) : versionAt(place, to);
  const now = await workspaceAt(version, to);
  const end = await openEnd(version, to, now);
  if (from === undefined) return { from: undefined, to: end, now, before: undefined, changed: new Set() };
  const start = versionAt(place, from);
  const [paths, before] = await Promise.all([git.changedFiles({ root: repository, from, to }), formerWorkspace(start)]);
  const changed = new Set(paths.map((path) => fromWorkspace(prefix, path)));
  return { from: await openEnd(start, from, before ?? now), to: end, now, before, changed };
}

function refuseUnknown(allowed: readonly string[], known: readonly string[]): void {
  const unknown = allowed.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = closest(unknown, known);
  throw new MsaError('MSA_SERVICE_UNKNOWN', `--allow-breaking: there is no service ${JSON.stringify(unknown)}`, {
    hint: meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

async function checkService(ends: Ends, service: Service, allowed: Allowed): Promise<ServiceContract> {
  const { from, to } = ends;
  const after = findContract(to, service);
  const former = formerOf(ends, service);
  const before = from && former && findContract(from, former);
  const judged = judgedOf(ends, service, { file: after ?? before, allowed });
  if (from === undefined || before === undefined) {
    return after === undefined ? none(judged) : checkNew(judged, await readDocument(to, after));
  }
  if (after === undefined) return judgeGone(judged, 'vanished', versionIn(await readDocument(from, before)));
  // git has been asked once for everything that changed.
  if (before === after && !ends.changed.has(after)) return unjudged(judged, 'same');
  const document = await readDocument(to, after);
  if (typeof document === 'string') return unjudged(judged, 'unreadable', document);
  const past = await readDocument(from, before);
  if (typeof past === 'string') return unjudged(judged, 'incomparable', past);
  return compareReadable(judged, past, document);
}

/** The service as it was. Where msa.yaml of then cannot be read, it is taken to have been where it is now. */
function formerOf({ from, before }: Ends, service: Service): Service | undefined {
  if (from === undefined) return undefined;
  return before === undefined ? service : before.services.find(({ name }) => name === service.name);
}

function checkNew(judged: Judged, document: ContractDocument | string): ServiceContract {
  if (typeof document === 'string') return unjudged(judged, 'unreadable', document);
  return { ...unjudged(judged, 'new'), version: { from: undefined, to: versionOf(document) } };
}

/** What is wrong in a document beyond its beginning, such as a reference that leads nowhere, shows when it is compared. */
function compareReadable(judged: Judged, from: ContractDocument, to: ContractDocument): ServiceContract {
  try {
    return judgeDocuments(judged, from, to);
  } catch (error) {
    if (!(error instanceof MsaError)) throw error;
    const isPast = error.message.startsWith(`${from.name} `);
    return unjudged(judged, isPast ? 'incomparable' : 'unreadable', error.message);
  }
}

async function checkGone(ends: Ends, service: Service, allowed: Allowed): Promise<ServiceContract> {
  const { from } = ends;
  const before = from && findContract(from, service);
  const version = from && before && versionIn(await readDocument(from, before));
  return judgeGone(judgedOf(ends, service, { file: before, allowed }), 'removed', version);
}

function judgedOf(
  { before, now }: Ends,
  { name, routes }: Service,
  { file, allowed }: { readonly file: string | undefined; readonly allowed: Allowed },
): Judged {
  const byCommit = allowed.byCommit.includes(name) ? 'commit' : undefined;
  const allowedBy = allowed.byOption.includes(name) ? 'option' : byCommit;
  return { service: name, file, callers: callersOf(name, before, now), routes, allowedBy };
}

function versionIn(document: ContractDocument | string): string | undefined {
  return typeof document === 'string' ? undefined : versionOf(document);
}

function none(judged: Judged): ServiceContract {
  return unjudged(judged, 'none', 'there is no openapi.json in its folder');
}

function unjudged(
  { service, file, callers }: Judged,
  status: ServiceContract['status'],
  reason?: string,
): ServiceContract {
  const version = { from: undefined, to: undefined };
  return { service, status, file, version, callers, allowed: undefined, reason, findings: [] };
}
