import { join } from 'node:path';

import { findProgram } from './find-program.ts';

export interface RedisChoice {
  readonly searchPath: string | undefined;
  readonly programsDirectory: string;
  readonly dataDirectory: string;
  readonly port: number;
}

export interface RedisProgram {
  readonly command: readonly string[];
  readonly keepsData: boolean;
  /** What people should know of it. */
  readonly notice: string | undefined;
}

/** A real server where one is installed, which keeps its data until `down --volumes`; else ours, which keeps nothing. */
export function redisProgram({ searchPath, programsDirectory, dataDirectory, port }: RedisChoice): RedisProgram {
  const server = findProgram(['redis-server', 'valkey-server'], searchPath);
  if (server === undefined)
    return {
      command: [process.execPath, join(programsDirectory, 'redis.js')],
      keepsData: false,
      notice:
        'No redis-server in the path: an embedded Redis runs, with most of its commands, and forgets its data when it ends.',
    };
  const settings = { port: String(port), bind: '127.0.0.1', dir: dataDirectory, save: '60 1', daemonize: 'no' };
  return {
    command: [server, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
    keepsData: true,
    notice: undefined,
  };
}
