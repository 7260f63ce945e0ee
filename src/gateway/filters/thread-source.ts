/**
 * The program of a filter's thread as text, so that the gateway stays one file. Whatever bundles or loads this module puts
 * it here, from thread/main.ts: see scripts/filter-thread.js.
 */
export const threadSource: string = '';
