import type { WrittenService } from '../../model/schema/workspace-schema.ts';
import type { ServiceChoices } from './choices.ts';

/** A service of an example, as `msa new service` would be told about it. */
export interface ExampleService {
  readonly choices: ServiceChoices;
  readonly replicas: number;
  /** What its entry in msa.yaml says beside what follows from the choices. */
  readonly written: Pick<WrittenService, 'routes' | 'calls'>;
}

/** A complete system. */
export interface Example {
  /** Callees stand before their callers. */
  readonly services: readonly ExampleService[];
  /** What `gateway:` of its msa.yaml says beside the port, as YAML with its comments. */
  readonly gateway: string;
  /** Brings filters, and so their types. */
  readonly hasFilters: boolean;
}

export const exampleNames = ['shop'] as const;
export type ExampleName = (typeof exampleNames)[number];

const shopGateway = `  auth:
    keysFile: gateway/keys.yaml # msa keys add <name> makes a key
  routes:
    # An order with its user and its payment in one answer: /receipts/{id of the order}.
    - path: /receipts
      timeout: 3s
      auth: optional
      rateLimit: { by: user, limit: 10, per: 10s }
      aggregate:
        calls:
          order: { service: orders, path: '/orders/{path.1}' }
          user: { service: users, path: '/users/{order.body.userId}', allow: [id, name], optional: true }
          payment: { service: payments, path: '/payments/{order.body.paymentId}', optional: true }
`;

/** The complete systems that `msa init --example` brings. */
export const examples: Readonly<Record<ExampleName, Example>> = {
  shop: {
    gateway: shopGateway,
    hasFilters: true,
    services: [
      {
        choices: {
          template: 'rest',
          name: 'users',
          description: 'Knows who may order.',
          resource: 'user',
          plural: 'users',
          fields: 'name:string email:email',
          states: 'active>suspended:suspend>active:reactivate',
          store: 'redis',
          calls: [],
        },
        replicas: 2,
        written: { routes: [{ path: '/users' }] },
      },
      {
        choices: {
          template: 'rest',
          name: 'payments',
          description: 'Takes money once and gives it back.',
          resource: 'payment',
          plural: 'payments',
          fields: 'orderId:string amount:number currency:enum(EUR|USD)',
          states: 'captured>refunded',
          store: 'redis',
          calls: [],
        },
        replicas: 2,
        written: { routes: [{ path: '/payments' }] },
      },
      {
        choices: {
          template: 'rest',
          name: 'orders',
          description: 'Takes orders of known users, has them paid and ships them.',
          resource: 'order',
          plural: 'orders',
          fields: 'userId:string item:string quantity:int amount:number currency:enum(EUR|USD) paymentId:string?',
          states: 'created>paid>shipped, created>cancelled',
          store: 'redis',
          calls: ['users', 'payments'],
          example: 'shop',
        },
        replicas: 2,
        written: {
          // Who is known already may order while users is down.
          calls: [{ service: 'users', fallback: 'stale' }, 'payments'],
          routes: [{ path: '/orders', filters: ['stamp'] }],
        },
      },
    ],
  },
};
