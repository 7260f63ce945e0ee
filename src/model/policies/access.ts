import type { AddressList, AllowedCall, GatewayAccess } from '../../protocol/policies/access.ts';
import type { WrittenAccess, WrittenGatewayAccess } from '../schema/policies/access.ts';

/** From where one may come; undefined when nothing is written, which is everywhere. */
export function addressList(written: WrittenAccess['access']): AddressList | undefined {
  if (written === undefined || written === null) return undefined;
  const { allow = [], deny = [] } = written;
  return allow.length === 0 && deny.length === 0 ? undefined : { allow, deny };
}

export function gatewayAccessPolicy(written: WrittenGatewayAccess | null | undefined): GatewayAccess | undefined {
  const clients = addressList(written?.public);
  const services = addressList(written?.internal);
  if (clients === undefined && services === undefined) return undefined;
  return { ...(clients && { public: clients }), ...(services && { internal: services }) };
}

/** What may be called; undefined when nothing is written, which is everything. */
export function allowedCalls(written: WrittenAccess['allow']): readonly AllowedCall[] | undefined {
  return written?.map((call) => {
    const [method, path] = call.split(' ');
    if (path === undefined) return { path: call };
    return method === undefined || method === '*' ? { path } : { method, path };
  });
}
