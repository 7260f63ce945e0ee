import type { Delivery, Environment } from './delivery.ts';
import { splitCommand } from './schema/command-words.ts';
import { defaultValues } from './schema/default-values.ts';
import type { WrittenDelivery } from './schema/delivery-schema.ts';

/** Fills in what `delivery:` leaves open. */
export function defaultDelivery(written: WrittenDelivery | null | undefined): Delivery | undefined {
  if (written === undefined || written === null) return undefined;
  return {
    pipelines: written.pipelines ?? [],
    registry: written.registry,
    branch: written.branch ?? defaultValues.branch,
    schedule: written.schedule,
    chaos: written.chaos ?? [],
    environments: Object.entries(written.environments ?? {}).map(([name, environment]) =>
      defaultEnvironment(name, environment),
    ),
  };
}

type WrittenEnvironment = NonNullable<WrittenDelivery['environments']>[string];

function defaultEnvironment(name: string, written: WrittenEnvironment): Environment {
  const strategy = written.strategy ?? defaultValues.strategy;
  return {
    name,
    deploy: splitCommand(written.deploy) ?? [],
    analyse: written.analyse === undefined ? undefined : splitCommand(written.analyse),
    url: written.url,
    strategy,
    weights: strategy === 'canary' ? (written.weights ?? defaultValues.weights) : [],
    approval: written.approval ?? false,
  };
}
