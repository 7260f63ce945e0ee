/** What is known of a link before it is followed. */
interface OfferedLink {
  readonly rel: string;
  readonly method: string;
  readonly href: string;
}

/** So many of one answer are enough to see that they lead somewhere. */
const maxLinks = 8;

/** The links of an answer that a GET can try, one of each relation; what has to be filled in first is left out. */
export function chooseLinks<Link extends OfferedLink>(links: readonly Link[]): readonly Link[] {
  const seen = new Set<string>(['self']);
  return links
    .filter(({ rel, method, href }) => {
      if (method !== 'GET' || href.includes('{') || seen.has(rel)) return false;
      seen.add(rel);
      return true;
    })
    .slice(0, maxLinks);
}

/** Of the gateway's entry point, all but this leads to routes and to words about them, which are looked at by themselves. */
export function chooseEntryLinks<Link extends OfferedLink>(links: readonly Link[]): readonly Link[] {
  return chooseLinks(links.filter(({ rel }) => rel === 'service-desc'));
}
