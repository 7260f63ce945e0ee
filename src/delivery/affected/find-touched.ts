import type { Outline } from '../../model/outline.ts';
import { createPlaces, type Place } from './place-of.ts';
import type { WorkspaceDifference } from './workspace-difference.ts';

/** What a change touches by itself, before it is asked who notices. Each with its reasons, for people. */
export interface Touched {
  /** Empty: not everything. */
  readonly everything: readonly string[];
  /** Empty: not the gateway. */
  readonly gateway: readonly string[];
  readonly services: ReadonlyMap<string, readonly string[]>;
  /** Services whose program may do something else now. */
  readonly programs: ReadonlySet<string>;
}

interface Change {
  readonly now: Outline;
  /** As it was at the start of the range; what is now where that cannot be read. */
  readonly former: Outline;
  /** Undefined when what msa.yaml said at the start of the range cannot be read. */
  readonly difference: WorkspaceDifference | undefined;
  /** Relative to the workspace, with `/`; `..` leads out of it. */
  readonly files: readonly string[];
}

export function findTouched({ now, former, difference, files }: Change): Touched {
  const placeOf = createPlaces(now, former);
  const found = new Map<string, string[]>();
  for (const path of files) {
    for (const key of keysOf(placeOf(path))) {
      const paths = found.get(key);
      if (paths === undefined) found.set(key, [path]);
      else paths.push(path);
    }
  }
  const filesOf = (key: string): readonly string[] => fileReason(found.get(key) ?? []);
  const names = now.services.map(({ name }) => name).filter((name) => found.has(`service ${name}`));
  const ofFiles = new Map(names.map((name) => [name, filesOf(`service ${name}`)]));
  const entries = difference === undefined ? unreadable : entryReasons(difference);
  return {
    everything: [...entries.everything, ...filesOf('shared')],
    gateway: [...entries.gateway, ...filesOf('gateway')],
    services: joinReasons(ofFiles, entries.services),
    programs: new Set([...names, ...entries.programs]),
  };
}

function keysOf(place: Place): readonly string[] {
  return place.kind === 'services' ? place.names.map((name) => `service ${name}`) : [place.kind];
}

/** The first file and how many there are besides. */
function fileReason([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  return [others.length === 0 ? shown(first) : `${shown(first)} and ${others.length} more`];
}

/** A name may hold anything, also the end of the line it is shown in. */
function shown(path: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to find
  return /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/.test(path) ? JSON.stringify(path) : path;
}

interface EntryReasons extends Omit<Touched, 'programs'> {
  readonly programs: readonly string[];
}

const unreadable: EntryReasons = {
  everything: ['msa.yaml, of which no former version can be read'],
  gateway: [],
  services: new Map(),
  programs: [],
};

function entryReasons({ services, programs, gateway, shared }: WorkspaceDifference): EntryReasons {
  return {
    everything: shared.map((key) => `${key} in msa.yaml`),
    gateway: gateway ? ['gateway in msa.yaml'] : [],
    services: new Map(services.map((name) => [name, ['its entry in msa.yaml']])),
    programs,
  };
}

function joinReasons(...all: readonly Touched['services'][]): Touched['services'] {
  const joined = new Map<string, readonly string[]>();
  for (const each of all) {
    for (const [name, reasons] of each) joined.set(name, [...(joined.get(name) ?? []), ...reasons]);
  }
  return joined;
}
