/** Which messages of a route are compared with the contract of its service. */
export interface ValidatePolicy {
  readonly request: boolean;
  /** `log`: an answer that breaks the contract is passed on all the same, and told. */
  readonly response: 'no' | 'log' | 'refuse';
  /** What happens to paths, methods and content types that the contract does not name. */
  readonly unknown: 'pass' | 'refuse';
  /** What happens while no contract of the service can be had. */
  readonly without: 'pass' | 'refuse';
  /** Larger bodies of requests are refused, larger answers pass unchecked. */
  readonly maxBytes: number;
}
