/** A certificate with its key, as files of this machine, absolute. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** Another one for every certificate. */
  readonly fingerprint: string;
}

/** Certificates of the user's own, and those that msa makes with an authority of this user that it installs nowhere. */
export interface Certificates {
  /** What has to be trusted for them; it need not exist yet. */
  readonly authorityFile: string;
  /**
   * The certificate of a workspace for the names of this machine and those given. It is kept, and made anew when it ends
   * within a month. Without `write` one that is not there is told as if it were, and nothing is written.
   */
  readonly obtain: (request: CertificateRequest) => Promise<Certificate>;
  /** Authorities to trust beside everybody's: this one when there is one, and those of NODE_EXTRA_CA_CERTS. */
  readonly trusted: () => Promise<readonly string[]>;
  /** Looks at a certificate and its key, both as PEM: the fingerprint, or what is wrong. */
  readonly inspect: (pair: { readonly cert: string; readonly key: string }) => string | PairProblem;
}

export interface CertificateRequest {
  /** The workspace's identity. */
  readonly workspace: string;
  readonly names: readonly string[];
  readonly write: boolean;
}

/** What is wrong with a pair of the user's own, and which file it is about. */
export interface PairProblem {
  readonly about: 'cert' | 'key';
  /** The rest of a sentence that begins with the file's name. */
  readonly problem: string;
}
