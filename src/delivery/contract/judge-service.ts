import { matchesOf, showMatch } from '../../protocol/route-match.ts';
import type { Route, Workspace } from '../../model/workspace.ts';
import { compareContracts } from './compare-contracts.ts';
import type { ContractChange, Operation } from './change.ts';
import { printable } from './change.ts';
import { memberOf, textOf, type ContractDocument } from './document.ts';
import { announcesBreak } from './versions.ts';

/** What became of the contract of one service, and what that means for whoever calls it. */
export interface ServiceContract {
  readonly service: string;
  readonly status: ContractStatus;
  /** The document, relative to the workspace; undefined where there is none at either end. */
  readonly file: string | undefined;
  /** `info.version` at both ends. */
  readonly version: { readonly from: string | undefined; readonly to: string | undefined };
  /** Services that call it at the end of the range, or did at its start and are still there. */
  readonly callers: readonly string[];
  /** Why breaking changes pass. */
  readonly allowed: Allowance | undefined;
  /** Why nothing was compared. */
  readonly reason: string | undefined;
  readonly findings: readonly Finding[];
}

const contractStatuses = [
  /** Nothing that callers notice; perhaps more is possible now; something breaks. */
  ...(['same', 'compatible', 'breaking'] as const),
  /** There was none before, there is none at all, or the start of the range has one that cannot be read. */
  ...(['new', 'none', 'incomparable'] as const),
  /** What there is cannot be read; the document is gone; the service is. */
  ...(['unreadable', 'vanished', 'removed'] as const),
] as const;
type ContractStatus = (typeof contractStatuses)[number];

/** Its version says so; somebody said so in a commit of the range, or with an option. */
type Allowance = 'version' | 'commit' | 'option';

/** A change with who is concerned. */
export interface Finding extends ContractChange {
  readonly callers: readonly string[];
  /** Public routes that lead to it. */
  readonly routes: readonly string[];
}

export interface Judged {
  readonly service: string;
  readonly file: string | undefined;
  readonly callers: readonly string[];
  readonly routes: readonly Route[];
  /** Who says that it may break its callers this time. */
  readonly allowedBy: 'commit' | 'option' | undefined;
}

/** The verdict on two documents of a service. */
export function judgeDocuments(judged: Judged, from: ContractDocument, to: ContractDocument): ServiceContract {
  const changes = compareContracts(from, to);
  const version = { from: versionOf(from), to: versionOf(to) };
  const isBroken = changes.some(({ breaking }) => breaking);
  const isAnnounced = judged.callers.length === 0 && announcesBreak(version.from, version.to);
  return {
    service: judged.service,
    file: judged.file,
    status: isBroken ? 'breaking' : changes.length > 0 ? 'compatible' : 'same',
    version,
    callers: judged.callers,
    allowed: isBroken ? allowance(judged, isAnnounced) : undefined,
    reason: undefined,
    findings: changes.map((change) => concern(judged, change)),
  };
}

/** The verdict where a document, or the service with it, is gone. */
export function judgeGone(
  judged: Judged,
  status: 'vanished' | 'removed',
  version: string | undefined,
): ServiceContract {
  const isService = status === 'removed';
  const breaking = !isService || judged.callers.length > 0 || judged.routes.length > 0;
  const change: ContractChange = {
    rule: isService ? 'service-removed' : 'contract-removed',
    breaking,
    message: isService ? 'the service is gone' : `its contract ${judged.file ?? ''} is gone`,
    pointer: '',
    document: 'from',
    operation: undefined,
    deprecated: false,
    sunset: undefined,
  };
  return {
    service: judged.service,
    file: judged.file,
    status,
    version: { from: version, to: undefined },
    callers: judged.callers,
    allowed: breaking ? allowance(judged, false) : undefined,
    reason: undefined,
    findings: [concern(judged, change)],
  };
}

function allowance({ allowedBy }: Judged, isAnnounced: boolean): Allowance | undefined {
  return allowedBy ?? (isAnnounced ? 'version' : undefined);
}

/** Whether the pipeline has to stop here. */
export function isRefused({ status, allowed, findings }: ServiceContract): boolean {
  if (status === 'unreadable') return true;
  return allowed === undefined && findings.some(({ breaking }) => breaking);
}

export function versionOf({ root }: ContractDocument): string | undefined {
  const version = textOf(memberOf(root, 'info'), 'version');
  return version === undefined ? undefined : printable(version);
}

function concern({ callers, routes }: Judged, change: ContractChange): Finding {
  return { ...change, callers, routes: routes.flatMap((route) => leadingTo(route, change.operation)) };
}

/** The matches of a route that an operation can be reached by; of a rewritten path nothing is known here. */
function leadingTo(route: Route, operation: Operation | undefined): readonly string[] {
  const isRewritten = route.policy?.rewrite?.path !== undefined;
  return matchesOf(route)
    .filter((match) => {
      if (operation === undefined) return true;
      const { method, path } = operation;
      const isOfMethod = method === undefined || match.methods?.includes(method) !== false;
      return isOfMethod && (isRewritten || reaches(match.path, { path, isExact: match.exact === true }));
    })
    .map((match) => showMatch(match, route.hosts));
}

/** Whether a path of the gateway can be one of a template: `/orders/1` is one of `/orders/{id}`. */
function reaches(prefix: string, { path, isExact }: { readonly path: string; readonly isExact: boolean }): boolean {
  const wanted = wordsOf(prefix);
  const words = wordsOf(path);
  if (isExact && wanted.length !== words.length) return false;
  return wanted.every((word, index) => words[index] === word || /\{.*\}/.test(words[index] ?? ''));
}

function wordsOf(path: string): readonly string[] {
  return path.split('/').filter((word) => word !== '');
}

/** One line of a report: what changed, and whom it concerns. */
export function tellFinding(service: string, { message, callers, routes, deprecated, sunset }: Finding): string {
  const announced = deprecated ? [`deprecated${sunset === undefined ? '' : `, sunset ${sunset}`}`] : [];
  const called = callers.length === 0 ? [] : [`callers: ${callers.join(', ')}`];
  const shown = routes.length === 0 ? [] : [`public route ${routes.join(', ')}`];
  const concerned = [...announced, ...called, ...shown].join('; ');
  return `${service}: ${message}${concerned === '' ? '' : ` (${concerned})`}`;
}

/** Who calls a service: at the end of the range, and at its start as far as they are still there. */
export function callersOf(service: string, from: Workspace | undefined, to: Workspace): readonly string[] {
  const calling = (workspace: Workspace | undefined): ReadonlySet<string> =>
    new Set((workspace?.services ?? []).filter(({ calls }) => calls.includes(service)).map(({ name }) => name));
  const now = calling(to);
  const before = calling(from);
  return to.services.map(({ name }) => name).filter((name) => now.has(name) || before.has(name));
}
