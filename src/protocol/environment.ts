/** The variables a service gets from msa, whatever its language. The callee's URLs come on top: see calleeVariable. */
export const environmentVariables = {
  port: 'PORT',
  serviceName: 'SERVICE_NAME',
  instanceId: 'INSTANCE_ID',
  nodeEnv: 'NODE_ENV',
  redisUrl: 'REDIS_URL',
  databaseUrl: 'DATABASE_URL',
  configUrl: 'CONFIG_URL',
  registryUrl: 'REGISTRY_URL',
  publicUrl: 'PUBLIC_URL',
  trustedProxies: 'TRUSTED_PROXIES',
  otelEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  otelServiceName: 'OTEL_SERVICE_NAME',
} as const;
