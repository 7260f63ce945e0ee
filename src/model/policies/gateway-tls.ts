import type { WrittenGateway } from '../schema/gateway-schema.ts';
import { normalizeWorkspacePath } from '../schema/workspace-path.ts';
import type { GatewayTls } from '../workspace.ts';

/** Where the certificate of the public listener comes from; undefined: it speaks plain HTTP. */
export function gatewayTls(written: WrittenGateway | null | undefined): GatewayTls | undefined {
  const tls = written?.tls;
  if (tls === undefined || tls === null) return undefined;
  if (tls === 'auto') return { kind: 'local', names: [] };
  const { cert, key, names = [] } = tls;
  if (cert === undefined || key === undefined) return { kind: 'local', names };
  return { kind: 'files', cert: normalizeWorkspacePath(cert), key: normalizeWorkspacePath(key) };
}
