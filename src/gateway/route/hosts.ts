/** The host of an authority, without its port and the point at its end, in lower case; empty when there is none. */
export function hostOf(authority = ''): string {
  // The colons of an IPv6 address stand in brackets.
  const colon = authority.lastIndexOf(':');
  const host = colon > authority.lastIndexOf(']') ? authority.slice(0, colon) : authority;
  return (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase();
}

/** Whether a host lies below the domain that begins with a point; the domain itself does not. */
export function isBelow(host: string, suffix: string): boolean {
  return host.length > suffix.length && host.endsWith(suffix);
}

/** Whether one of these hosts is that of the authority; without any, every authority will do. */
export function takesHost(hosts: readonly string[] | undefined, authority: string | undefined): boolean {
  if (hosts === undefined) return true;
  const host = hostOf(authority);
  return hosts.some((written) => (written.startsWith('*.') ? isBelow(host, written.slice(1)) : written === host));
}
