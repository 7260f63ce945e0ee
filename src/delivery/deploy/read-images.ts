/** The image of a service that is released. */
export interface Image {
  readonly service: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** `<registry>/<service>@<digest>` */
  readonly reference: string;
}

/** A text with digests: a file of a folder, that is named after its service, or one file for all. */
export interface ImageSource {
  /** As the user named it; for a file of a folder with the name of the folder. */
  readonly file: string;
  /** Undefined: its lines name services. */
  readonly service: string | undefined;
  readonly text: string;
}

/** What images may be of. */
export interface Deployable {
  readonly registry: string;
  /** Services that are built here. */
  readonly built: ReadonlySet<string>;
  /** Services that run from an image of somebody else. */
  readonly foreign: ReadonlySet<string>;
}

export interface ReadImages {
  readonly images: readonly Image[];
  /** `images/orders:1: …` */
  readonly problems: readonly string[];
}

interface Entry {
  readonly place: string;
  readonly service: string;
  readonly digest: string;
}

/** Reads what `publish` has written: `sha256:…` in a file for each service, or lines `<service> sha256:…` in one file. */
export function readImages(sources: readonly ImageSource[], deployable: Deployable): ReadImages {
  const read = sources.map((source) => entriesOf(source));
  const problems = read.flatMap((each) => each.problems);
  const images: Image[] = [];
  for (const { place, service, digest } of read.flatMap(({ entries }) => entries)) {
    const problem = problemOf({ place, service, digest }, deployable);
    if (problem !== undefined) problems.push(`${place}: ${problem}`);
    else if (images.some((image) => image.service === service))
      problems.push(`${place}: ${service} stands there twice`);
    else images.push({ service, digest, reference: `${deployable.registry}/${service}@${digest}` });
  }
  return { images, problems };
}

function entriesOf({ file, service, text }: ImageSource): {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
} {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ place: `${file}:${index + 1}`, line: line.trim() }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (service !== undefined) {
    const [first, second] = lines;
    if (first === undefined) return { entries: [], problems: [`${file}:1: it is empty, where a digest is expected`] };
    const more = second === undefined ? [] : [`${second.place}: one digest is expected, and there is more`];
    return { entries: [{ place: first.place, service, digest: first.line }], problems: more };
  }
  const entries: Entry[] = [];
  const problems: string[] = [];
  for (const { place, line } of lines) {
    const [name, digest, ...others] = line.split(/[\s=]+/);
    if (name === undefined || digest === undefined || others.length > 0) {
      problems.push(`${place}: ${shown(line)} is not \`<service> sha256:…\``);
    } else entries.push({ place, service: name, digest });
  }
  return { entries, problems };
}

function problemOf({ service, digest }: Entry, { built, foreign }: Deployable): string | undefined {
  if (foreign.has(service)) return `${service} runs from an image of its own, which is not released here`;
  if (!built.has(service)) return `there is no service ${shown(service)} in msa.yaml`;
  if (!/^sha256:[\da-f]{64}$/.test(digest)) {
    return `${shown(digest)} is no digest: \`sha256:\` and 64 digits from 0 to f`;
  }
  return undefined;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
