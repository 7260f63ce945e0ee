import type { Workspace } from '../model/workspace.ts';
import { certificateVariables } from '../plan/service-environment.ts';
import { folderPath, type ComposeMapping } from './compose-value.ts';

/** Names of what Compose gives the gateway as files, so that neither is a value of the file. */
export const certificateSecrets = { cert: 'gateway-cert', key: 'gateway-key' } as const;

const directory = '/run/secrets';

export const certificateEnvironment = certificateVariables({
  certFile: `${directory}/${certificateSecrets.cert}`,
  keyFile: `${directory}/${certificateSecrets.key}`,
});

/** Where they are on the machine; undefined without TLS. What msa makes is only good on the machine it was made on. */
export function certificateFiles({ gateway: { tls } }: Workspace, toWorkspace: string): ComposeMapping | undefined {
  if (tls === undefined) return undefined;
  const own = tls.kind === 'files' ? tls : undefined;
  const fileOf = (variable: string, path: string | undefined): string =>
    path === undefined ? `\${${variable}:?name the file in .env}` : folderPath(toWorkspace, path);
  return {
    [certificateSecrets.cert]: { file: fileOf('GATEWAY_CERT', own?.cert) },
    [certificateSecrets.key]: { file: fileOf('GATEWAY_KEY', own?.key) },
  };
}

export const certificateNotice =
  'the certificate that msa makes is for this machine; GATEWAY_CERT and GATEWAY_KEY name the files of another one';
