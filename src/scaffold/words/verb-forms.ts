/** States that are no participles, or whose verb is another word. */
export const stateVerbs: ReadonlyMap<string, string> = new Map([
  ['created', 'recreate'],
  ['draft', 'return-to-draft'],
  ['new', 'return-to-new'],
  ['pending', 'return-to-pending'],
  ['in-review', 'review'],
  ['in-progress', 'start'],
  ['in-transit', 'dispatch'],
  ['in-use', 'use'],
  ['active', 'activate'],
  ['inactive', 'deactivate'],
  ['live', 'go-live'],
  ['offline', 'take-offline'],
  ['online', 'bring-online'],
  ['available', 'make-available'],
  ['unavailable', 'withdraw'],
  ['public', 'publish'],
  ['private', 'make-private'],
  ['ready', 'make-ready'],
  ['done', 'finish'],
  ['final', 'finalize'],
  ['running', 'run'],
  ['waiting', 'wait'],
  ...[
    'open',
    'review',
    'complete',
    'void',
    'test',
    'close',
    'cancel',
    'approve',
    'reject',
    'hold',
    'trial',
    'order',
  ].map((word) => [word, word] as const),
]);

const irregular =
  'paid pay|repaid repay|prepaid prepay|sent send|resent resend|sold sell|resold resell|held hold|withheld withhold|upheld uphold|' +
  'bought buy|built build|rebuilt rebuild|lost lose|found find|made make|remade remake|met meet|left leave|kept keep|told tell|' +
  'taken take|given give|forgiven forgive|written write|rewritten rewrite|driven drive|broken break|chosen choose|frozen freeze|' +
  'stolen steal|hidden hide|withdrawn withdraw|drawn draw|redrawn redraw|shown show|thrown throw|grown grow|begun begin|run run|' +
  'rerun rerun|set set|reset reset|put put|cut cut|split split|spent spend|lent lend|bound bind|won win|brought bring|caught catch|' +
  'taught teach|fought fight|undone undo|redone redo|overridden override|seen see|fed feed|led lead|laid lay|lit light|shut shut|' +
  'struck strike|swept sweep|torn tear|worn wear|sworn swear|understood understand|hung hang|read read|sewn sew|spun spin|stuck stick|' +
  'known know|overdrawn overdraw|overtaken overtake|undertaken undertake|beaten beat|bitten bite|felt feel|gone go|forgotten forget|' +
  // Regular in sound, not in letters.
  'added add|cached cache|focused focus|welcomed welcome|postponed postpone|cloned clone|phoned phone|stored store|restored restore|' +
  'ignored ignore|explored explore|scored score|scaled scale|completed complete|deleted delete|depleted deplete|invited invite|' +
  'united unite|expedited expedite|routed route|rerouted reroute|piloted pilot|developed develop|guided guide|created create|' +
  'recreated recreate|died die|tied tie|untied untie|controlled control|patrolled patrol|signalled signal|totalled total|' +
  'initialled initial|pasted paste|tasted taste|wasted waste|owed owe|used use|reused reuse|intervened intervene|convened convene|' +
  'obsoleted obsolete|cited cite|consoled console|embedded embed|biased bias|polled poll|rolled roll|enrolled enroll';

/** `paid` -> `pay`, and the regular-looking ones that no rule gets right. */
export const irregularParticiples: ReadonlyMap<string, string> = new Map(
  irregular.split('|').map((pair): [string, string] => {
    const [participle = '', verb = ''] = pair.split(' ');
    return [participle, verb];
  }),
);

/** Words on -ed that are no participles. */
const notParticiples = new Set([
  'need',
  'speed',
  'feed',
  'seed',
  'red',
  'bed',
  'shed',
  'embed',
  'hundred',
  'exceed',
  'proceed',
]);

/** After these endings the verb has lost an e: `approv(e)d`, `activat(e)d`, `schedul(e)d`, `reserv(e)d`. */
const lostE = new RegExp(
  [
    '[vcu]', // approve, invoice, issue
    '[^s]s|[^z]z', // close, license, finalize
    '[^eo]at', // activate
    '[^eo][aeu]ng|[^gn]g', // change, charge
    '[^aeiouylrw]l|yl|[^aeo]ul|[^aeo]il', // settle, schedule, compile
    '[^eo]ar|[^ae]ir|[^o]ur', // declare, require, capture
    '[^eo]am|[^ae]im|[^aeo]um', // name, consume
    '[^aeou]in|[^aeo]un', // define, tune
    '[^aeiou][aiou]k|[^aeiou][aiouy]p|[^aeiou][aiou]b', // revoke, type, describe
    '[^aeiou][aiou]d|[^e]ed', // include, supersede
    '(?:[^aeiou]|u)ot|[^aeo]ut', // promote, quote, execute
  ]
    .map((ending) => `(?:${ending})$`)
    .join('|'),
);

/** The verb of a regular participle, or undefined for any other word: `shipped` -> `ship`, `approved` -> `approve`. */
export function regularVerb(word: string): string | undefined {
  if (!/^[a-z]{2,}ed$/.test(word) || notParticiples.has(word)) return undefined;
  const stem = word.slice(0, -2);
  if (!/[aeiouy]/.test(stem)) return undefined;
  if (stem.endsWith('i')) return `${stem.slice(0, -1)}y`;
  if (/[^e]e$/.test(stem) || stem.endsWith('o')) return stem.endsWith('o') ? stem : `${stem}e`;
  if (stem.endsWith('e')) return stem;
  // shipp(ed), cancell(ed); but process(ed), fill(ed), and packed has no double letter at all.
  if (/([bdgkmnprtv])\1$/.test(stem) || /[aeiou].*ell$/.test(stem)) return stem.slice(0, -1);
  return lostE.test(stem) ? `${stem}e` : stem;
}
