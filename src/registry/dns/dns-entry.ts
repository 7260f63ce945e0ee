/** A service whose instances are found by name. */
export interface DnsEntry {
  readonly service: string;
  readonly host: string;
  readonly port: number;
}

/** Reads `users:3000,orders=orders.shop_default:3000`; undefined when it is something else. */
export function parseDnsEntries(text: string): readonly DnsEntry[] | undefined {
  const entries = text.split(',').map((part) => parseEntry(part.trim()));
  const good = entries.filter((entry) => entry !== undefined);
  const services = new Set(good.map(({ service }) => service));
  return good.length === entries.length && services.size === good.length ? good : undefined;
}

function parseEntry(text: string): DnsEntry | undefined {
  const { service, host, port } =
    /^(?:(?<service>[a-z][\da-z-]*)=)?(?<host>[\w.-]+):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { service: service ?? host, host, port: Number(port) };
}
