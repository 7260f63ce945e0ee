/**
 * Tells whose a line of `--progress plain` is: `#7 [orders build 2/4] RUN npm ci` is of orders, and so is all that
 * begins with `#7` afterwards. With one target its steps do not carry its name. Undefined for what belongs to all.
 */
export function createLineSorter(names: readonly string[]): (line: string) => string | undefined {
  const [only, second] = names;
  if (second === undefined) return () => only;
  const nameOfStep = new Map<string, string>();
  return (line) => {
    const [, step = '', name = ''] = /^#(\d+) (?:\[([\w-]+)(?: [^\]]*)?\])?/.exec(line) ?? [];
    if (names.includes(name)) nameOfStep.set(step, name);
    return nameOfStep.get(step);
  };
}

interface BuildFailure {
  /** The builder's last sentence. */
  readonly reason: string;
  /** The instruction that failed, where it says so. */
  readonly dockerfileLine: number | undefined;
  /** The last lines of the step that failed. */
  readonly details: readonly string[];
}

const maxDetails = 20;

/** Where no step has failed, what steps wrote explains nothing, and neither does the reason once more. */
function withoutSteps(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.trim() !== '' && !/^#\d+ /.test(line) && !line.startsWith('ERROR: '));
}

/** Reads the end of a failed build: a step's last lines between two rules, the place in the Dockerfile, the reason. */
export function explainFailure(lines: readonly string[]): BuildFailure {
  const last = lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.findLast((line) => line.trim() !== '');
  const place = lines.findLast((line) => /^\S+:\d+$/.test(line));
  const [begin, end] = [lines.indexOf('------'), lines.lastIndexOf('------')];
  const step = begin === -1 ? withoutSteps(lines) : lines.slice(begin + 1, end);
  return {
    reason: (last ?? 'no reason given').replace(/^ERROR: (?:target \S+: )?(?:failed to solve: )?/, ''),
    dockerfileLine: place === undefined ? undefined : Number(place.split(':').at(-1)),
    details: step.slice(-maxDetails),
  };
}
