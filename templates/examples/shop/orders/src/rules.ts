import { payments } from './clients/payments.ts';
import { users } from './clients/users.ts';
import { Problem, problem } from './problem.ts';
import type { Rules } from './rule-types.ts';
import type { resource } from './service.ts';

/**
 * What an order needs of other services. The calls go to USERS_URL and PAYMENTS_URL, which are listeners of the
 * gateway: it balances, retries and breaks circuits, so there is none of that here.
 */
export const rules: Rules<typeof resource> = {
  /** Only active users order, and only a payment gives an order its paymentId. */
  async create(draft) {
    if (draft.paymentId !== undefined) throw problem('refused', 'An order gets its paymentId by being paid.');
    const user = await users.getUser({ id: draft.userId }).catch(refuseUnknown(`There is no user ${draft.userId}.`));
    if (user.body.status !== 'active') throw problem('refused', `The user ${draft.userId} is ${user.body.status}.`);
  },

  /** What was agreed on stays; a note or a quantity may change until the order is paid. */
  edit({ fields, status }, draft) {
    const agreed = ['userId', 'amount', 'currency', 'paymentId'] as const;
    const changed = agreed.filter((name) => draft[name] !== fields[name]);
    if (changed.length > 0) throw problem('refused', `An order keeps its ${changed.join(' and ')}.`);
    if (status === 'paid' && draft.quantity !== fields.quantity) {
      throw problem('refused', 'The quantity of a paid order cannot change.');
    }
  },

  /** The payment carries the key of this request, so that a retry never takes the money twice. */
  async pay({ id, fields: { amount, currency } }) {
    const payment = await payments.createPayment({ body: { orderId: id, amount, currency } });
    return { paymentId: payment.body.id };
  },

  /** Nothing leaves the house whose payment went back. */
  async ship({ fields: { paymentId = '' } }) {
    const payment = await payments.getPayment({ id: paymentId }).catch(refuseUnknown('The payment is unknown.'));
    if (payment.body.status !== 'captured') throw problem('refused', `The payment is ${payment.body.status}.`);
  },
};

/** A 404 of the callee is the client's mistake, not a failure between services. */
function refuseUnknown(detail: string): (error: unknown) => never {
  return (error) => {
    const upstream = error instanceof Problem ? error.members['upstream'] : undefined;
    const isUnknown = typeof upstream === 'object' && upstream !== null && 'status' in upstream && upstream.status === 404;
    throw isUnknown ? problem('refused', detail) : error;
  };
}
