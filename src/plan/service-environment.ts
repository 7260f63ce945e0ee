import type { Service } from '../model/workspace.ts';
import type { Certificate } from '../ports/certificates.ts';
import { edgeKey } from '../protocol/edge-port.ts';
import { environmentVariables as names } from '../protocol/environment.ts';
import { calleeVariable } from '../protocol/names.ts';
import { programVariables } from '../protocol/programs.ts';
import type { Facts } from './facts.ts';

/**
 * The variables of a service that are the same for all its instances. What msa sets wins over what the env file says,
 * which is often made for running the service alone; `env` cannot name those variables at all.
 */
export function serviceEnvironment(
  service: Service,
  { locations, envFiles }: Pick<Facts, 'locations' | 'envFiles'>,
): Readonly<Record<string, string>> {
  const { name, calls, store } = service;
  const given: Record<string, string | undefined> = {
    [names.serviceName]: name,
    [names.registryUrl]: locations.registryUrl,
    [names.publicUrl]: locations.publicUrl,
    [names.trustedProxies]: locations.trustedProxies,
    ...(store === 'redis' ? { [names.redisUrl]: locations.redisUrl } : {}),
    ...(store === 'postgres' ? { [names.databaseUrl]: locations.databaseUrls.get(name) } : {}),
  };
  for (const callee of calls) given[calleeVariable(callee)] = locations.edges.get(edgeKey(name, callee))?.url;
  const all = { [names.nodeEnv]: 'production', ...envFiles.get(name), ...service.env, ...given };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** By which the gateway is told where its certificate is. */
export function certificateVariables({
  certFile,
  keyFile,
}: Pick<Certificate, 'certFile' | 'keyFile'>): Readonly<Record<string, string>> {
  return { [programVariables.certFile]: certFile, [programVariables.keyFile]: keyFile };
}
