/** What a service answers when its workspace declares no `health`: alive at all, and able to take requests. */
export const healthPaths = { live: '/health/live', ready: '/health/ready' } as const;
