/** What holds in every container of a system, whether the Docker engine makes it or an exported Compose file. */

/** Where services listen that do not say it. */
export const servicePort = 3000;
/** Where the gateway listens, whatever it is published on. */
export const gatewayPort = 8080;

/** Where gateway and registry keep what is to survive a crash. */
export const stateDirectory = '/state';
/** Where the gateway finds its certificate. */
export const certificatePaths = {
  certFile: `${stateDirectory}/cert.pem`,
  keyFile: `${stateDirectory}/key.pem`,
} as const;
/** Where the stores keep what survives `msa down`. */
export const dataDirectories = { redis: '/data', postgres: '/var/lib/postgresql/data' } as const;
/** Where Postgres has its socket. */
export const postgresSocketDirectory = '/var/run/postgresql';

/** The data survive `msa down`, for which the log of changes is enough: snapshots (`save`) are off. */
export const redisCommand: readonly string[] =
  `redis-server --bind * --protected-mode no --dir ${dataDirectories.redis} --appendonly yes --save`
    .split(' ')
    .concat('');

export const maxProcesses = 1024;
/** What images that run as root need: they change their user, or write beside their program. */
export const rootCapabilities: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
];

export const logDriver = 'json-file';
export const logOptions = { 'max-size': '10m', 'max-file': '3' } as const;
