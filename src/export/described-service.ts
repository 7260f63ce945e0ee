import type { ComposeMapping } from './compose-value.ts';

/** One of the services of a Compose file. */
export interface DescribedService {
  readonly name: string;
  readonly comment: readonly string[];
  /** What is said above keys of it: by the path to the key, its parts joined with a blank. */
  readonly remarks?: Readonly<Record<string, readonly string[]>>;
  readonly value: ComposeMapping;
}
