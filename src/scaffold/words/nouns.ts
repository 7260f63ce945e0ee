/**
 * The plural noun that is posted to for a relation: `pay` -> `payments`, `cancel` -> `cancellations`. Always a kebab-case
 * plural; a verb nobody knows gives `<verb>-requests`.
 */
export function nounFor(rel: string): string {
  const words = rel.split('-');
  const [first = '', second = ''] = words;
  const known = irregularNouns.get(rel) ?? (words.length === 1 ? nounByEnding(rel) : undefined);
  if (known !== undefined) return known;
  if (words.length === 2 && particles.has(second)) return `${first}-${second}s`;
  if (words.length === 2 && prefixes.has(first)) return `${first}-${nounFor(second)}`;
  return requestsFor(rel);
}

/** The noun that is right for any relation and is no other relation's: `<verb>-requests`. */
export function requestsFor(rel: string): string {
  return `${rel}-requests`;
}

const prefixes = new Set(['re', 'pre', 'un', 'auto', 'co', 'de']);

/** `check-in` -> `check-ins`. */
const particles = new Set(['in', 'out', 'up', 'off', 'back', 'down', 'over']);

/** Verbs whose noun is the verb: `refund` -> `refunds`. */
const verbsThatAreNouns =
  'refund return review release transfer order check test issue hold stop start dispute claim request report update ' +
  'upgrade downgrade move sort scan trade charge block lock unlock visit vote offer load lift audit edit change exchange ' +
  'purchase search print repair sample escape export import reset split restart restock rework ban bid quote invoice recall ' +
  'replay trial void halt pause forward launch freeze reprint rerun run reroute ' +
  'build rebuild call answer comment delay flag grant hire label mark match patch pick pin post prompt raise rank rate reply ' +
  'rescue reward rollback sale schedule signal stamp step swap switch tag tally track wash work dispatch';

const otherNouns =
  'pay payments|repay repayments|prepay prepayments|ship shipments|reship reshipments|cancel cancellations|deliver deliveries|' +
  'redeliver redeliveries|recover recoveries|discover discoveries|approve approvals|renew renewals|withdraw withdrawals|' +
  'refer referrals|remove removals|dispose disposals|propose proposals|dismiss dismissals|deny denials|retrieve retrievals|' +
  'rent rentals|revive revivals|archive archivals|arrive arrivals|publish publications|unpublish unpublications|' +
  'submit submissions|admit admissions|permit permissions|omit omissions|commit commitments|close closures|disclose disclosures|' +
  'open openings|reopen reopenings|finish completions|send dispatches|resend resends|sell sales|resell resales|buy purchases|' +
  'lose losses|receive receipts|expire expirations|accept acceptances|assign assignments|resolve resolutions|' +
  'solve solutions|book bookings|rebook rebookings|pack packings|' +
  'write s|steal thefts|lend loans|' +
  'complete completions|delete deletions|deplete depletions|settle settlements|adjust adjustments|appoint appointments|' +
  'enroll enrollments|fulfil fulfillments|fulfill fulfillments|agree agreements|place placements|replace replacements|' +
  'deploy deployments|redeploy redeployments|invest investments|measure measurements|amend amendments|' +
  'attach attachments|engage engagements|enforce enforcements|acknowledge acknowledgements|endorse endorsements|' +
  'reimburse reimbursements|develop developments|establish establishments|judge judgements|' +
  'announce announcements|arrange arrangements|pronounce pronouncements|' +
  'confirm confirmations|register registrations|restore restorations|explore explorations|' +
  'prepare preparations|declare declarations|reserve reservations|observe observations|invite invitations|' +
  'install installations|uninstall uninstallations|implement implementations|' +
  'sign signatures|countersign countersignatures|insure insurances|appear appearances|clear clearances|guide guidances|' +
  'maintain maintenances|fail failures|capture captures|recreate recreations|' +
  'create creations|describe descriptions|subscribe subscriptions|unsubscribe unsubscriptions|prescribe prescriptions|' +
  'produce productions|reduce reductions|suspend suspensions|extend extensions|include inclusions|exclude exclusions|' +
  'decide decisions|divide divisions|revise revisions|supervise supervisions|merge mergers|discontinue discontinuations|' +
  'revoke revocations|invoke invocations|provoke provocations|exhaust exhaustions|interrupt interruptions|adopt adoptions|' +
  'redeem redemptions|consume consumptions|resume resumptions|assume assumptions|acquire acquisitions|convert conversions|' +
  'invert inversions|execute executions|distribute distributions|contribute contributions|compute computations|' +
  'escalate escalations|define definitions|combine combinations|examine examinations|determine determinations|' +
  'decline declinations|forfeit forfeitures|save saves|reward rewards|process processes|reprocess reprocesses|' +
  'return-to-draft returns-to-draft|return-to-new returns-to-new|return-to-pending returns-to-pending|' +
  'authorise authorisations|retry retries|try tries|apply applications|reapply reapplications|supply supplies|' +
  'verify verifications|certify certifications|promote promotions|demote demotions|sanction sanctions|question questions|' +
  'provision provisions|commission commissions|decommission decommissions|auction auctions';

const irregularNouns: ReadonlyMap<string, string> = new Map([
  ...verbsThatAreNouns.split(' ').map((verb) => [verb, pluralNoun(verb)] as const),
  ...otherNouns.split('|').map((pair): [string, string] => {
    const [verb = '', noun = ''] = pair.split(' ');
    return [verb, noun];
  }),
]);

const endings: readonly (readonly [RegExp, string])[] = [
  [/ate$/, 'ations'],
  [/i([sz])e$/, 'i$1ations'],
  [/ify$/, 'ifications'],
  [/(ect|act|ict|uct)$/, '$1ions'],
  [/form$/, 'formations'],
  [/scribe$/, 'scriptions'],
];

function nounByEnding(verb: string): string | undefined {
  // Short ones are words of their own: `rise`, `skate`.
  const [ending, noun] = endings.find(([pattern]) => verb.length > 5 && pattern.test(verb)) ?? [];
  return ending === undefined || noun === undefined ? undefined : verb.replace(ending, noun);
}

function pluralNoun(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
