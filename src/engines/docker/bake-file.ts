/** An image to be built. */
export interface BuildTarget {
  /** Name of the unit that runs it. */
  readonly unit: string;
  readonly tag: string;
  /** Absolute path of its folder. */
  readonly context: string;
  /** The text of the Dockerfile where the folder has none. */
  readonly dockerfile: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** What `docker buildx bake` reads to build them together. */
export function renderBakeFile(targets: readonly BuildTarget[]): string {
  const target = Object.fromEntries(
    targets.map(({ unit, tag, context, dockerfile, labels }) => [
      unit,
      { context, tags: [tag], labels, ...(dockerfile === undefined ? {} : { 'dockerfile-inline': dockerfile }) },
    ]),
  );
  return JSON.stringify({ group: { default: { targets: Object.keys(target) } }, target });
}
