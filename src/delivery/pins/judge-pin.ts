import { compareVersions, parseVersion } from './version.ts';

/** One use of something that can be pinned, as it stands in a file. */
export interface PinnedUse {
  /** As the table names it. */
  readonly name: string;
  /** The tag or the version in the comment; undefined where nothing tells. */
  readonly version: string | undefined;
  /** The commit or digest; undefined where only a tag stands. */
  readonly hash: string | undefined;
}

/** What the table knows of it. */
export interface KnownPin {
  readonly version: string;
  readonly hash: string;
}

/** Move it, leave it without a word because it is current, or leave it and say why. */
export type Verdict = { readonly kind: 'move' | 'current' } | { readonly kind: 'leave'; readonly reason: string };

/** Only ever upwards: what may be newer than the table is for a person to judge. */
export function judgePin({ version, hash }: PinnedUse, known: KnownPin): Verdict {
  if (hash === known.hash) return { kind: version === known.version ? 'current' : 'move' };
  if (version === undefined) return leave('no version says how old it is');
  const found = parseVersion(version);
  const table = parseVersion(known.version);
  if (found === undefined || table === undefined) return leave(`${version} is no version`);
  const order = compareVersions(found, table);
  if (order === 'older') return { kind: 'move' };
  if (order === 'newer') return leave(`newer than ${known.version}, which this msa knows`);
  if (hash === undefined) return { kind: 'move' };
  if (order === 'within') return leave(`${version} may be newer than ${known.version}, which this msa knows`);
  return leave(
    `another ${hash.startsWith('sha256:') ? 'digest' : 'commit'} than ${version} has: look where it comes from`,
  );
}

function leave(reason: string): Verdict {
  return { kind: 'leave', reason };
}
