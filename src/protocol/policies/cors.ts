/** Which pages of other origins may use a route with a browser. */
export interface CorsPolicy {
  /** `*`, `https://app.example.com`, or `https://*.example.com` for all hosts below one. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** Request fields pages may set; `*` is every one they ask for. */
  readonly headers: readonly string[];
  /** Fields of answers pages may read beside the harmless ones. */
  readonly expose: readonly string[];
  /** Pages may send cookies and the like along. */
  readonly credentials: boolean;
  /** How long a browser may remember the answer to a preflight. */
  readonly maxAgeSeconds: number;
}
