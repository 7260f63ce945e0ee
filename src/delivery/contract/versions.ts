/**
 * Whether the version in `info.version` says that callers have to change: the first number was raised, or the second
 * while the first is 0, as semantic versioning has it.
 */
export function announcesBreak(from: string | undefined, to: string | undefined): boolean {
  const before = numbersOf(from);
  const after = numbersOf(to);
  if (before === undefined || after === undefined) return false;
  if (after.major !== before.major) return after.major > before.major;
  return after.major === 0 && after.minor > before.minor;
}

function numbersOf(version: string | undefined): { readonly major: number; readonly minor: number } | undefined {
  const [, major, minor = '0'] = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?![\d])/.exec(version?.trim() ?? '') ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}
