import type { Observation } from '../../plan/observation.ts';

/** The port on which the running gateway is reached; undefined when there is none. */
export function gatewayPortOf({ instances }: Observation): number | undefined {
  const published = instances.find(({ role }) => role === 'gateway')?.published;
  const port = Number(/:(\d+)$/.exec(published ?? '')?.[1]);
  return Number.isNaN(port) ? undefined : port;
}
