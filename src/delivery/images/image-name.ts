/** The name of an image, taken apart. */
export interface ImageName {
  /** Where its registry is: `host` or `host:port`. */
  readonly registry: string;
  /** As the registry calls it: `library/node`. */
  readonly repository: string;
  /** `latest` where nothing is written, unless there is a digest. */
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
  /** The name as it is written, without tag and digest. */
  readonly written: string;
}

/** Docker Hub, by the names people write, and where it answers. */
const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io']);
const hubRegistry = 'registry-1.docker.io';

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?';
const pattern = new RegExp(
  `^(?<name>(?:(?<host>${host})/)?(?<path>${component}(?:/${component})*))(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[a-f0-9]{32,}))?$`,
);
/** Of a name, a tag and a digest together. */
const maxLength = 512;

/** Undefined for what is no name of an image. */
export function parseImageName(text: string): ImageName | undefined {
  if (text.length > maxLength) return undefined;
  const { name = '', digest, ...found } = pattern.exec(text)?.groups ?? {};
  if (name === '') return undefined;
  const tag = found['tag'] ?? (digest === undefined ? 'latest' : undefined);
  // Only what cannot be part of a path is a host, as Docker has it.
  const isHost = /[.:A-Z]|^localhost$/.test(found['host'] ?? '');
  const registry = isHost ? (found['host'] ?? '') : 'docker.io';
  const path = isHost ? (found['path'] ?? '') : name;
  if (!hubNames.has(registry)) return { registry, repository: path, tag, digest, written: name };
  const repository = path.includes('/') ? path : `library/${path}`;
  return { registry: hubRegistry, repository, tag, digest, written: name };
}

/** The same image, held to what the tag means now: `node:24-slim@sha256:…` */
export function pinnedName({ written, tag = '' }: ImageName, digest: string): string {
  return `${written}:${tag}@${digest}`;
}
