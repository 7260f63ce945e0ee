import type { ComposeMapping } from './compose-value.ts';

/** One of the services of a Compose file. */
export interface DescribedService {
  readonly name: string;
  readonly comment: readonly string[];
  readonly value: ComposeMapping;
}
