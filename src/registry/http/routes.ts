import { apiRoutes } from './api-routes.ts';
import { renderOpenApi } from './open-api.ts';
import { platformRoutes } from './platform-routes.ts';
import type { Route } from './route.ts';

const description: Route = {
  method: 'GET',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'This document',
  answers: { 200: { description: 'An OpenAPI 3.1 document.', type: 'application/json' } },
  handle: () => ({ kind: 'json', value: renderOpenApi(routes) }),
};

/** All there is: the server serves this table, and the OpenAPI document is made from it. */
export const routes: readonly Route[] = [...platformRoutes, description, ...apiRoutes];
