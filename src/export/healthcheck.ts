import type { Health } from '../model/workspace.ts';
import { literal, type ComposeMapping } from './compose-value.ts';
import type { ImageFacts } from './dockerfile.ts';
import { templates } from './templates.ts';

/** Ends with 0 when the URL, its first argument, answers 2xx. */
const httpCheck =
  "require('node:http').get(process.argv[1], (answer) => process.exit(answer.statusCode >= 200 && answer.statusCode < 300 ? 0 : 1)).on('error', () => process.exit(1))";
/** Ends with 0 when the port, its first argument, takes a connection. */
const tcpCheck =
  "require('node:net').connect(Number(process.argv[1]), '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))";

export function checkBy(...command: readonly string[]): ComposeMapping {
  return { '<<': templates.checked, test: ['CMD', ...command] };
}

export function checkHttp(port: number, path: string): ComposeMapping {
  return checkBy('node', '-e', httpCheck, literal(`http://127.0.0.1:${port}${path}`));
}

/** How Docker sees that a service is ready; undefined: as its image says, or not at all. */
export function checkService(health: Health, port: number, { hasNode }: ImageFacts): ComposeMapping | undefined {
  if (!hasNode) return undefined;
  return health.kind === 'http' ? checkHttp(port, health.ready) : checkBy('node', '-e', tcpCheck, String(port));
}
