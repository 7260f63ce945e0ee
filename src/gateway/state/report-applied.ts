import { request } from 'undici';
import type { Dispatcher } from 'undici';

import { registryPaths } from '../../protocol/registry-api.ts';
import type { GatewayStats } from '../../protocol/stats.ts';
import { gatewayReportMs } from '../../protocol/watch.ts';
import type { GatewayReport } from '../../protocol/watch.ts';
import type { Log } from '../observe/log.ts';

interface ReporterParts {
  readonly registryUrl: string;
  readonly dispatcher: Dispatcher;
  readonly token: string;
  readonly instanceId: string;
  readonly log: Log;
  /** What has been counted so far. */
  readonly stats: () => Promise<GatewayStats>;
}

const refusal = 'the registry answered with';

type Applied = Pick<GatewayReport, 'epoch' | 'revision'>;

/** Tells the registry which state this gateway works by, and what it has counted: after each one it has applied, and regularly. */
export class Reporter {
  private readonly parts: ReporterParts;
  private applied: Applied | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isReporting = false;
  private sending: Promise<unknown> = Promise.resolve();
  private lastProblem = '';

  constructor(parts: ReporterParts) {
    this.parts = parts;
  }

  report({ epoch, revision }: Applied): void {
    this.applied = { epoch, revision };
    void this.send();
  }

  /** Says good-bye, so that nobody waits any more for this gateway to follow. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    const hasReported = this.applied !== undefined;
    this.applied = undefined;
    // A report that is under way would bring it back.
    await this.sending;
    if (hasReported) await this.tell('DELETE');
  }

  private async send(): Promise<void> {
    if (this.isReporting || !this.applied) return;
    const sent = this.applied;
    this.isReporting = true;
    clearTimeout(this.timer);
    const sending = this.tellAll(sent);
    this.sending = sending;
    const problem = await sending;
    this.isReporting = false;
    if (problem !== '' && problem !== this.lastProblem) this.parts.log.say('warn', 'report failed', { problem });
    this.lastProblem = problem;
    // The registry may hold this one back no longer than the next: what came meanwhile goes at once.
    if (this.applied === sent) this.timer = setTimeout(() => void this.send(), gatewayReportMs);
    else void this.send();
  }

  private async tellAll(applied: Applied): Promise<string> {
    // A data plane that cannot say what it has counted still works.
    const stats = await this.parts.stats().catch(() => undefined);
    const problem = await this.tell('PUT', { ...applied, ...(stats && { stats }) });
    // A registry that takes no such counts must know all the same which state is applied: commands wait for it.
    if (stats && problem.startsWith(refusal)) await this.tell('PUT', applied);
    return problem;
  }

  /** Gives what went wrong, or the empty text. */
  private async tell(method: 'PUT' | 'DELETE', report?: GatewayReport): Promise<string> {
    const { registryUrl, dispatcher, token, instanceId } = this.parts;
    try {
      const { statusCode, body } = await request(new URL(registryPaths.gateway(instanceId), registryUrl), {
        dispatcher,
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: report === undefined ? null : JSON.stringify(report),
        headersTimeout: gatewayReportMs,
      });
      await body.dump();
      return statusCode < 300 ? '' : `${refusal} ${statusCode}`;
    } catch (error) {
      return String(error);
    }
  }
}
