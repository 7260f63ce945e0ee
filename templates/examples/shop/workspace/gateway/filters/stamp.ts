import type { Filter } from './msa-filters.d.ts';

/** Says how long an order took, and which request it was: for whoever asks the support. */
const filter: Filter = {
  pre(_request, context) {
    context.notes['startedAt'] = context.now;
  },
  post(response, context) {
    const startedAt = context.notes['startedAt'];
    if (typeof startedAt === 'number') response.headers.set('x-took-ms', String(context.now - startedAt));
    response.headers.set('x-support-id', context.requestId);
  },
};

export default filter;
