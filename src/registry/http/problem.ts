/** An answer that says why not, as RFC 9457 has it. */
export class Problem extends Error {
  readonly status: number;
  readonly problems: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    { problems = [], headers = {} }: { problems?: readonly string[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.problems = problems;
    this.headers = headers;
  }
}
