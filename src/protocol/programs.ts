/**
 * How our own programs (gateway, registry, embedded Redis) are started: by variables alone. Each writes one line
 * `{"listening":{"port":N}}` when it serves, to descriptor 3 if that is open and to stdout if not; logs go to stdout as
 * JSON lines. SIGTERM and SIGINT end them after draining, with exit code 0.
 */
export const programVariables = {
  /** 0 takes any free port. */
  port: 'PORT',
  /** What to bind to. */
  host: 'HOST',
  instanceId: 'INSTANCE_ID',
  /** Where the registry is reached, for the gateway. */
  registryUrl: 'REGISTRY_URL',
  /** The Redis that gateways share: used only if something they do needs it. */
  redisUrl: 'REDIS_URL',
  /** What `PUT` at the registry needs; the gateway has it for its reports. */
  registryToken: 'REGISTRY_TOKEN',
  /** A file in which the last known state survives a restart; left out: none does. */
  stateFile: 'STATE_FILE',
  /**
   * The whole System as JSON, for a registry that no `msa` tells: an exported one. It wins over what STATE_FILE
   * remembers. Left out: it waits for a PUT.
   */
  system: 'SYSTEM',
  /**
   * The same registry's source of instances: services whose names it resolves again and again, each with the port its
   * instances listen on: `users:3000,orders:3000`; `users=users.shop_default:3000` where the host has another name. Only
   * addresses in a network of the registry's own count: a name without instances goes to the host's name servers, and
   * what those say is somebody else. Left out: it resolves nothing.
   */
  dnsSource: 'DNS_SOURCE',
  /** The gateway's own listener for its health, metrics and status; never published. */
  adminPort: 'ADMIN_PORT',
  /** The gateway: in how many processes it takes requests. Left out: one. */
  workers: 'WORKERS',
  /** How clients reach the gateway: `http://localhost:8080`. */
  publicUrl: 'PUBLIC_URL',
  logLevel: 'LOG_LEVEL',
  /** Files with the gateway's certificate and its key as PEM; both or none: with them its public listener speaks TLS. */
  certFile: 'TLS_CERT_FILE',
  keyFile: 'TLS_KEY_FILE',
  /** The registry: more host names it answers to, separated by commas, beside addresses, `localhost` and `registry`. */
  allowedHosts: 'ALLOWED_HOSTS',
} as const;

/** Paths of the gateway's admin listener; the registry has the first three on its own listener. */
export const adminPaths = {
  /** For people: what happens at each route and edge. */
  page: '/',
  live: '/health/live',
  ready: '/health/ready',
  metrics: '/metrics',
  /** What the gateway has applied, as JSON: routes, edges, endpoints with their state, for `msa routes` and people. */
  status: '/status',
} as const;

/** Where the gateway's admin listener is under Docker. */
export const gatewayAdminPort = 9901;
