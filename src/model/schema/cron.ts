/** Minute, hour, day, month, weekday; names and steps included. Whether the numbers are in range says cronProblem. */
export const cronPattern = /^[\dA-Za-z*/,-]{1,40}(?: [\dA-Za-z*/,-]{1,40}){4}$/;

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
  { name: 'weekday', from: 0, to: 6 },
];

/** Says what is wrong with a cron expression, as the rest of a sentence. Only what all three systems read is good. */
export function cronProblem(expression: string): string | undefined {
  const parts = expression.split(' ');
  if (parts.length !== fields.length)
    return 'must be five fields such as `0 3 * * 1`: minute, hour, day, month, weekday';
  for (const [index, { name, from, to }] of fields.entries()) {
    if (!isField(parts[index] ?? '', { from, to })) return `must have ${from} to ${to} as its ${name}`;
  }
  return undefined;
}

function isField(text: string, bounds: { readonly from: number; readonly to: number }): boolean {
  return text.split(',').every((item) => {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item);
    if (match === null) return false;
    const [, first, last, step] = match;
    const numbers = [first, last].filter((number) => number !== undefined).map(Number);
    if (step !== undefined && (Number(step) === 0 || (first !== undefined && last === undefined))) return false;
    if (numbers.some((number) => number < bounds.from || number > bounds.to)) return false;
    return first === undefined || last === undefined || Number(first) <= Number(last);
  });
}
