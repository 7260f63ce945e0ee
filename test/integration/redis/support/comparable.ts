import { showFrame, type Frame } from './frames.ts';

/** Replies without order. A hash has one while it is small, but Redis loses it when a field gets long. */
const unordered = new Set(['keys', 'smembers', 'sinter', 'sunion', 'sdiff', 'hkeys', 'hvals', 'scan', 'sscan', 'spop']);
const unorderedPairs = new Set(['hgetall', 'hscan', 'zscan', 'config']);
/** Replies by chance: only how many there are, and of which kind, can agree. */
const random = new Set(['srandmember', 'hrandfield', 'zrandmember', 'randomkey']);
/** Replies that depend on the moment, with their unit in milliseconds. */
const times = new Map([
  ['ttl', 1000],
  ['expiretime', 1000],
  ['pttl', 1],
  ['pexpiretime', 1],
  ['object idletime', 1000],
]);
const toleranceMs = 10_000;

/** The replies to commands that came one after the other, those of a transaction by the commands in it. */
export function toComparables(commands: readonly (readonly string[])[], frames: readonly Frame[]): readonly string[] {
  let queue: (readonly string[])[] = [];
  return frames.map((frame, index) => {
    const command = commands[index] ?? [];
    if (frame.mark === '+' && frame.text === 'QUEUED') queue.push(command);
    if (!['exec', 'discard', 'reset', 'multi'].includes((command[0] ?? '').toLowerCase()))
      return toComparable(command, frame);
    const queued = queue;
    // A MULTI within a transaction is refused and ends nothing.
    if (frame.mark !== '-' || command[0]?.toLowerCase() === 'exec') queue = [];
    if (frame.items === undefined) return showFrame(frame);
    return frame.items.map((item, position) => toComparable(queued[position] ?? [], item)).join('\n');
  });
}

/** Whether two replies as toComparables gives them agree; times may differ by what the servers were asked apart. */
export function agree(left: string | undefined, right: string | undefined): boolean {
  if (left === right || left === undefined || right === undefined) return left === right;
  const [lefts, rights] = [left.split('\n'), right.split('\n')];
  return lefts.length === rights.length && lefts.every((line, index) => agreeInLine(line, rights[index] ?? ''));
}

function agreeInLine(left: string, right: string): boolean {
  if (!left.startsWith('about ') || !right.startsWith('about ')) return left === right;
  return Math.abs(Number(left.slice(6)) - Number(right.slice(6))) <= toleranceMs;
}

/** A reply as text that is the same for two servers that do the same; nothing but what is said here is smoothed out. */
function toComparable(command: readonly string[], frame: Frame): string {
  const name = (command[0] ?? '').toLowerCase();
  if (frame.mark === '-') return showFrame(frame);
  if (unordered.has(name)) return showFrame(sortDeep(frame, 1));
  if (unorderedPairs.has(name)) return showFrame(sortDeep(frame, frame.mark === '%' || !isNovalues(command) ? 2 : 1));
  if (random.has(name)) return showFrame(withoutTexts(frame));
  const unitMs = times.get(name) ?? times.get(`${name} ${(command[1] ?? '').toLowerCase()}`);
  if (unitMs !== undefined && /^\d/.test(frame.text)) return `about ${Number(frame.text) * unitMs}`;
  return showFrame(frame);
}

function isNovalues(command: readonly string[]): boolean {
  return command.some((word) => word.toLowerCase() === 'novalues');
}

/** Sorts the innermost list, in groups that stay together. */
function sortDeep(frame: Frame, group: number): Frame {
  if (frame.items === undefined) return frame;
  if (frame.items.some(({ items }) => items !== undefined))
    return { ...frame, items: frame.items.map((item) => sortDeep(item, group)) };
  const groups: Frame[][] = [];
  for (const [index, item] of frame.items.entries()) {
    if (index % group === 0) groups.push([]);
    groups.at(-1)?.push(item);
  }
  return { ...frame, items: groups.sort((left, right) => (showAll(left) < showAll(right) ? -1 : 1)).flat() };
}

function showAll(frames: readonly Frame[]): string {
  return frames.map((frame) => showFrame(frame)).join(' ');
}

function withoutTexts(frame: Frame): Frame {
  if (frame.text === '-1') return frame;
  return { ...frame, text: '', items: frame.items?.map((item) => withoutTexts(item)) };
}
