import { refuse } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { Feature, Layer, ProblemShaper, TargetFacts } from './feature.ts';
import type { Outcome } from './outcome.ts';

/** All that happens at one route beside passing on, from the outermost layer to the one next to the service. */
export interface Pipeline {
  readonly layers: readonly Layer[];
  /** In the order in which the document of a refusal passes them. */
  readonly shapers: readonly ProblemShaper[];
  /** Why it refuses everything. */
  readonly problem: string | undefined;
}

const emptyPipeline: Pipeline = { layers: [], shapers: [], problem: undefined };

/** Asks every feature what it does here. */
export function compilePipeline(features: readonly Feature[], facts: TargetFacts): Pipeline {
  const layers: Layer[] = [];
  for (const feature of features) {
    try {
      const layer = feature.compile(facts);
      if (layer) layers.push(layer);
    } catch (error) {
      return refusingPipeline(`${feature.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (layers.length === 0) return emptyPipeline;
  const shapers = layers.flatMap(({ shapeProblem }) => shapeProblem ?? []).toReversed();
  return { layers, shapers, problem: undefined };
}

/** Lets nothing through. */
export function refusingPipeline(problem: string): Pipeline {
  const refusal = refuse(
    'misconfigured',
    'The rules of this route cannot be applied; the log of the gateway says why.',
  );
  return { layers: [{ step: () => refusal }], shapers: [], problem };
}

/** Told how the steps of a request came out. */
export interface StepListener {
  /** `depth`: how many layers are outside of what gave the outcome. */
  stepsDone(outcome: Outcome, depth: number): void;
  stepsFailed(error: unknown): void;
}

/** Runs the steps one after the other, without a promise as long as none of them must wait. */
export function runSteps({ layers }: Pipeline, incoming: Incoming, listener: StepListener): void {
  continueSteps({ layers, incoming, listener }, 0);
}

interface Run {
  readonly layers: readonly Layer[];
  readonly incoming: Incoming;
  readonly listener: StepListener;
}

function continueSteps(run: Run, from: number): void {
  const { layers, incoming, listener } = run;
  for (let index = from; index < layers.length; index += 1) {
    let outcome: ReturnType<NonNullable<Layer['step']>>;
    try {
      outcome = layers[index]?.step?.(incoming);
    } catch (error) {
      return listener.stepsFailed(error);
    }
    if (outcome instanceof Promise) return void resumeAfter(outcome, run, index);
    if (outcome !== undefined) return listener.stepsDone(outcome, index);
  }
  listener.stepsDone(undefined, layers.length);
}

async function resumeAfter(waiting: Promise<Outcome>, run: Run, index: number): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = await waiting;
  } catch (error) {
    return run.listener.stepsFailed(error);
  }
  if (outcome === undefined) continueSteps(run, index + 1);
  else run.listener.stepsDone(outcome, index);
}
