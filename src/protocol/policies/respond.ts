/** An answer that the gateway gives without asking anybody. */
export interface RespondPolicy {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
