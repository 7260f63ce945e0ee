/** An action by the commit of a release: tags can be moved, commits cannot. */
export interface ActionPin {
  readonly version: string;
  readonly commit: string;
}

/**
 * What the pipelines we generate use, as it was when this version of msa was made. `msa ci update` brings files to it.
 *
 * That a commit is the one of its version is confirmed by at least three public repositories that have nothing to do with each
 * other and pin the same. Trivy's action is not among them: it was taken over in March 2026; Grype scans.
 */
export const actionPins = {
  'actions/attest': { version: 'v4.2.2', commit: '1e69f48acb82d1966a394da916b4c1698aa569d6' },
  'actions/checkout': { version: 'v7.0.1', commit: '3d3c42e5aac5ba805825da76410c181273ba90b1' },
  'actions/download-artifact': { version: 'v8.0.1', commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c' },
  'actions/setup-go': { version: 'v7.0.0', commit: 'b7ad1dad31e06c5925ef5d2fc7ad053ef454303e' },
  'actions/setup-java': { version: 'v5.7.0', commit: 'b6effb05e454b25005698d916606bdc6ffcbf961' },
  'actions/setup-node': { version: 'v7.0.0', commit: '820762786026740c76f36085b0efc47a31fe5020' },
  'actions/setup-python': { version: 'v7.0.0', commit: '5fda3b95a4ea91299a34e894583c3862153e4b97' },
  'actions/upload-artifact': { version: 'v7.0.1', commit: '043fb46d1a93c77aae656e7c1c64a875d1fc6a0a' },
  'anchore/scan-action': { version: 'v7.4.0', commit: 'e1165082ffb1fe366ebaf02d8526e7c4989ea9d2' },
  'astral-sh/setup-uv': { version: 'v10.0.1', commit: '20cfd1bf945f4377ade1205e4dbc17946fc9a30d' },
  'docker/build-push-action': { version: 'v7.3.0', commit: '53b7df96c91f9c12dcc8a07bcb9ccacbed38856a' },
  'docker/login-action': { version: 'v4.6.0', commit: 'dbcb813823bdd20940b903addbd779551569679f' },
  'docker/metadata-action': { version: 'v6.2.0', commit: 'dc802804100637a589fabce1cb79ff13a1411302' },
  'docker/setup-buildx-action': { version: 'v4.3.0', commit: '37fe631027851001ddb9b187196cc803df7f5f0e' },
} as const satisfies Readonly<Record<string, ActionPin>>;

/** What stands behind `uses:`, by the name of the action without its owner; update tools read the version in the comment. */
export function pinnedActions(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(actionPins).map(([name, { commit, version }]) => [
      name.slice(name.indexOf('/') + 1),
      `${name}@${commit} # ${version}`,
    ]),
  );
}

/** An image by tag, for people, and digest, for machines. */
export interface ImagePin {
  readonly tag: string;
  readonly digest: string;
}

/** Confirmed as the actions are. */
export const imagePins = {
  'anchore/grype': {
    tag: 'v0.119.0',
    digest: 'sha256:8c2c9234a345577a6d321a4753aa3ee1276d8975c8452d2344a56b57733ecad3',
  },
  'anchore/syft': {
    tag: 'v1.52.0',
    digest: 'sha256:500e2d872ac019436926e8322b4fc1f39441d94d21f6f4046c6ff29b30e8cb02',
  },
  docker: {
    tag: '29.8.2-dind',
    digest: 'sha256:7dcdfc4a20246236f558175182ccace1eb15a41bd3eb119dd2284f393498b7c1',
  },
  node: {
    tag: '24.21.0-trixie',
    digest: 'sha256:be40f6a87b9b22215ddb20da0a2320a5c6d583fe3ee3b0024d9fa4f05b40c8fd',
  },
} as const satisfies Readonly<Record<string, ImagePin>>;

export function pinnedImage(name: keyof typeof imagePins): string {
  const { tag, digest } = imagePins[name];
  return `${name}:${tag}@${digest}`;
}
