import type { RateLimitKey } from '../../protocol/policies/rate-limit.ts';
import type { Incoming } from '../proxy/incoming.ts';

/** Whose request it is: requests with the same text count together. */
export type KeyReader = (incoming: Incoming) => string;

/** How whoever is counted is found. Nothing a client writes into a field can make it look like another address. */
export function keyReader(by: RateLimitKey): KeyReader {
  switch (by) {
    case 'user':
      return userKey;
    case 'key':
      return (incoming) => (incoming.identity?.kind === 'key' ? userKey(incoming) : addressKey(incoming));
    case 'address':
      return addressKey;
    case 'service':
    case 'route':
      return () => '';
    default:
      return fieldReader(by.slice('header:'.length).toLowerCase());
  }
}

/** Of whoever has shown who it is, by a token or by a key. */
function userKey(incoming: Incoming): string {
  const { identity } = incoming;
  if (identity === undefined) return addressKey(incoming);
  return `${identity.kind} ${identity.issuer ?? ''} ${identity.subject}`;
}

function addressKey({ client: { address } }: Incoming): string {
  return `address ${addressGroup(address)}`;
}

function fieldReader(name: string): KeyReader {
  return (incoming) => {
    const { fields } = incoming.head;
    for (let index = 0; index < fields.length; index += 2) {
      const written = fields[index];
      if (written?.length === name.length && written.toLowerCase() === name) return `field ${fields[index + 1] ?? ''}`;
    }
    return addressKey(incoming);
  };
}

/** An address of IPv4, or the network of one of IPv6: whoever has one of those has 2^64 of them. */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0{1,3}(?=.)/, ''))
    .join(':');
}
