/** The files a service may keep its contract in, in its folder; the first that is there counts. */
export const contractFiles = ['openapi.json', 'openapi.yaml'] as const;
