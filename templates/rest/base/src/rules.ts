import type { Rules } from './rule-types.ts';
import type { resource } from './service.ts';

/**
 * Your business rules. Each runs before its effect is stored, may refuse by throwing a problem, and may return fields
 * to change:
 *
 *   async pay(order, call) {
 *     if (order.fields.qty > 100) throw problem('refused', 'Orders of more than 100 pieces are paid by invoice.');
 *     return { paidBy: await charge(order, call.idempotencyKey) };
 *   }
 *
 * A rule can run more than once for one request (when another instance changed the item in between, or after a
 * crash), so what it does elsewhere must carry `call.idempotencyKey`; `call()` from call.ts does so by itself.
 */
export const rules: Rules<typeof resource> = {};
