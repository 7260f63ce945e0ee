/** Does work that comes in steps, to its end. */
export function finish<Result>(steps: Generator<undefined, Result, undefined>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
