import type { ServiceChoices } from './choices.ts';

/** A service of an example, as `msa new service` would be told about it. */
export interface ExampleService {
  readonly choices: ServiceChoices;
  readonly replicas: number;
  readonly route: string | undefined;
}

export const exampleNames = ['shop'] as const;
export type ExampleName = (typeof exampleNames)[number];

/** The complete systems that `msa init --example` brings; callees stand before their callers. */
export const examples: Readonly<Record<ExampleName, readonly ExampleService[]>> = {
  shop: [
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
      route: '/users',
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
      route: '/payments',
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
      route: '/orders',
    },
  ],
};
