import { firstState, requireControl } from '../../app/operate/first-state.ts';
import { listRoutes, type Presence, type RouteReport } from '../../app/operate/list-routes.ts';
import { matchesOf, showMatch } from '../../protocol/route-match.ts';
import type { SystemRoute } from '../../protocol/system.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { asksAnything, renderEntry } from '../render/render-entry.ts';
import { withSystem } from '../running.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** Shows which path leads to which service, and which service calls which, as the registry tells the gateway. */
export async function run(_input: CommandInput, deps: Deps): Promise<CommandResult> {
  return withSystem(deps, async ({ engine }) => {
    const report = listRoutes(await firstState(await requireControl(engine), deps.signal));
    return { data: report, text: renderReport(report, deps.colors) };
  });
}

function renderReport({ routes, edges }: RouteReport, colors: Colors): string {
  // A column in which nothing stands says nothing.
  const guarded = routes.some(asksAnything);
  const guardedEdges = edges.some(asksAnything);
  const outer = routes.flatMap((route) => renderRoute(route, { colors, guarded }));
  const inner = edges.map((edge) => [
    edge.caller,
    edge.callee,
    ...(guardedEdges ? [renderEntry(edge.policy)] : []),
    String(edge.port),
    renderPresence(edge.instances, colors),
    ...renderLimits(edge),
  ]);
  return [
    outer.length === 0
      ? 'No route: no service of this workspace is reached from outside.'
      : renderTable(['ROUTE', 'TO', ...(guarded ? ['ASKS FOR'] : []), 'UP', 'TIMEOUT', 'RETRIES'], outer, colors),
    ...(inner.length === 0
      ? []
      : [
          renderTable(
            ['CALLER', 'CALLEE', ...(guardedEdges ? ['ASKS FOR'] : []), 'PORT', 'UP', 'TIMEOUT', 'RETRIES'],
            inner,
            colors,
          ),
        ]),
  ].join('\n\n');
}

/** A line for each match; what becomes of the requests stands in the first. */
function renderRoute(
  route: RouteReport['routes'][number],
  { colors, guarded }: { readonly colors: Colors; readonly guarded: boolean },
): readonly (readonly string[])[] {
  const [first = '', ...others] = matchesOf(route).map((match) => showMatch(match, route.hosts));
  const limits = route.instances === null ? [] : [renderPresence(route.instances, colors), ...renderLimits(route)];
  const asked = guarded ? [renderEntry(route.policy)] : [];
  return [[first, renderDestination(route), ...asked, ...limits], ...others.map((text) => [text])];
}

function renderDestination({ service = '', policy = {} }: SystemRoute): string {
  const { split, redirect, respond, aggregate } = policy;
  if (redirect) return `redirect (${redirect.status})`;
  if (respond) return `answer (${respond.status})`;
  if (aggregate) return [...new Set(aggregate.calls.map((call) => call.service))].join(' + ');
  return split ? split.map((share) => `${share.service} ${share.weight}`).join(', ') : service;
}

function renderLimits({ timeoutMs, retryAttempts }: Pick<SystemRoute, 'timeoutMs' | 'retryAttempts'>): string[] {
  return [renderDuration(timeoutMs), String(retryAttempts)];
}

function renderPresence({ up, total }: Presence, colors: Colors): string {
  const text = `${up}/${total}`;
  if (up === 0) return colors.red(text);
  return up < total ? colors.yellow(text) : colors.green(text);
}

function renderDuration(durationMs: number): string {
  return durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}
