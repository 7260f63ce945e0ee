/** An image to be built. */
export interface BuildTarget {
  /** Whose image it is, for the builder and for people: the name of a service, or `msa_platform`. */
  readonly name: string;
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
    targets.map(({ name, tag, context, dockerfile, labels }) => [
      name,
      { context, tags: [tag], labels, ...(dockerfile === undefined ? {} : { 'dockerfile-inline': dockerfile }) },
    ]),
  );
  return JSON.stringify({ target });
}
