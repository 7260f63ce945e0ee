import { judgePin, type PinnedUse } from './judge-pin.ts';
import { actionPins, type ActionPin } from './pins.ts';
import { replaceMatches } from './replace-matches.ts';
import type { UpdatedLine } from './updated-line.ts';

/** `uses: owner/name/path@ref`, in any quotes, also between braces. */
const usePattern =
  /(?<=(?:^|[\s{,[-])(?:uses|"uses"|'uses')\s*:\s*["']?)(?<name>[\w.-]+\/[\w.-]+)(?<path>(?:\/[\w./-]+)?)@(?<ref>[\w./-]+)/g;
/** A version in a comment: `# v7.0.1`, `# tag=v7`. */
const versionPattern = /(?<=[#\s=@,])(?:v\d[\w.+-]*|\d+\.\d[\w.+-]*)/g;

const pins: ReadonlyMap<string, ActionPin> = new Map(Object.entries(actionPins));

interface Use extends PinnedUse {
  readonly ref: string;
  readonly pin: ActionPin | undefined;
}

/** Moves the actions of a line. Their versions stand in the comment, in the order of the actions. */
export function updateActions(code: string, comment: string): UpdatedLine {
  const found = Array.from(code.matchAll(usePattern), ({ groups }) => groups ?? {});
  if (found.length === 0) return { text: code + comment, moved: [], left: [] };
  const versions = comment.match(versionPattern) ?? [];
  const hasVersions = versions.length >= found.length;
  const uses = found.map(({ name = '', ref = '' }, index): Use => {
    const isCommit = /^[0-9a-f]{40}$/.test(ref);
    const told = hasVersions ? versions[index] : undefined;
    return {
      name,
      ref,
      version: isCommit ? told : ref,
      hash: isCommit ? ref : undefined,
      pin: pins.get(name.toLowerCase()),
    };
  });
  return rewrite({ code, comment, uses, hasVersions });
}

interface Line {
  readonly code: string;
  readonly comment: string;
  readonly uses: readonly Use[];
  /** Whether the comment names a version for each. */
  readonly hasVersions: boolean;
}

function rewrite({ code, comment, uses, hasVersions }: Line): UpdatedLine {
  const moved: UpdatedLine['moved'][number][] = [];
  const left: UpdatedLine['left'][number][] = [];
  const versions: (string | undefined)[] = [];
  const refs = uses.map((use) => {
    const { name, ref, version, pin } = use;
    const verdict = pin === undefined ? undefined : judgePin(use, { version: pin.version, hash: pin.commit });
    if (verdict?.kind === 'leave') left.push({ name, at: version ?? ref, reason: verdict.reason });
    if (pin === undefined || verdict?.kind !== 'move') {
      versions.push(version);
      return ref;
    }
    versions.push(pin.version);
    moved.push({ name, from: version ?? ref, to: pin.version });
    return pin.commit;
  });
  const unchanged = { text: code + comment, moved: [], left };
  if (moved.length === 0) return unchanged;
  const told = versions.filter((version) => version !== undefined);
  // A comment with the versions of some would be read as one of all.
  if (told.length < uses.length) {
    const others = moved.map(({ name, from }) => ({ name, at: from, reason: 'its line uses what has no version' }));
    return { ...unchanged, left: [...left, ...others] };
  }
  let next = 0;
  const updated = replaceMatches(code, usePattern, ({ groups: { name = '', path = '', ref = '' } = {} }) => {
    return `${name}${path}@${refs[next++] ?? ref}`;
  });
  return { text: withVersions(updated, comment, { versions: told, hasVersions }), moved, left };
}

function withVersions(
  code: string,
  comment: string,
  { versions, hasVersions }: { readonly versions: readonly string[]; readonly hasVersions: boolean },
): string {
  if (hasVersions) {
    let next = 0;
    return code + comment.replaceAll(versionPattern, (version) => versions[next++] ?? version);
  }
  const list = versions.join(', ');
  if (comment === '') {
    const end = code.trimEnd();
    return `${end} # ${list}${code.slice(end.length)}`;
  }
  return code + comment.replace(/#\s*/, (mark) => `${mark.trimEnd()} ${list} `);
}
