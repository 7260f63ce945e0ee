import type { CommandSpec } from '../command.ts';

/** From a change to a running release: what it touches, what it breaks, how it is checked and deployed. */
export const deliveryCommands: readonly CommandSpec[] = [];
