import { describe, expect, it } from 'vitest';

import { isKebabName } from '../../../../src/scaffold/words/names.ts';
import { nounFor } from '../../../../src/scaffold/words/nouns.ts';
import { pluralOf, singularOf } from '../../../../src/scaffold/words/plurals.ts';
import { pairs } from '../pairs.ts';

describe('the noun that is posted to for', () => {
  it.each(
    pairs(`
      pay=payments ship=shipments cancel=cancellations deliver=deliveries refund=refunds approve=approvals
      reject=rejections activate=activations publish=publications submit=submissions return=returns close=closures
      open=openings finish=completions complete=completions review=reviews send=dispatches sell=sales archive=archivals
      verify=verifications notify=notifications finalize=finalizations finalise=finalisations validate=validations
      inspect=inspections collect=collections expire=expirations confirm=confirmations reserve=reservations
      dispatch=dispatches patch=patches retry=retries reply=replies check=checks deny=denials renew=renewals
      pick-up=pick-ups check-in=check-ins re-open=re-openings re-activate=re-activations
      return-to-draft=returns-to-draft put-on-hold=put-on-hold-requests mark-paid=mark-paid-requests
      frobnicate=frobnications frob=frob-requests rate=rates`),
  )('%s is %s', (rel, noun) => {
    expect(nounFor(rel)).toBe(noun);
  });

  it('any name is a name in the plural', () => {
    for (const rel of ['a', 'constructor', 'x-y-z', 'pay-now', 's', 'in-in']) {
      expect(isKebabName(nounFor(rel))).toBe(true);
      expect(nounFor(rel)).toMatch(/s$/);
    }
  });
});

const plurals = pairs(`
  order=orders category=categories box=boxes person=people child=children status=statuses day=days key=keys
  address=addresses batch=batches dish=dishes company=companies invoice=invoices house=houses warehouse=warehouses
  purchase=purchases license=licenses course=courses response=responses database=databases cache=caches
  leaf=leaves valve=valves archive=archives curve=curves photo=photos hero=heroes shoe=shoes quiz=quizzes
  prize=prizes size=sizes tax=taxes index=indexes analysis=analyses basis=bases movie=movies cookie=cookies
  bus=buses bonus=bonuses alias=aliases canvas=canvases virus=viruses menu=menus taxi=taxis guru=gurus
  order-line=order-lines sales-person=sales-people news-item=news-items memo=memos todo=todos radio=radios
  process=processes class=classes business=businesses gateway=gateways survey=surveys user=users item=items
  auth=auths epoch=epochs`);

describe('plurals', () => {
  it.each(plurals)('of %s is %s', (one, many) => {
    expect(pluralOf(one)).toBe(many);
  });

  it.each(plurals)('%s comes back from %s', (one, many) => {
    expect(singularOf(many)).toBe(one);
  });

  it.each(pairs('news=news-items equipment=equipment-items sheep=sheep-items test-data=test-data-items'))(
    'of %s, which has none, is %s',
    (one, many) => {
      expect(pluralOf(one)).toBe(many);
    },
  );

  it.each(['order', 'status', 'address', 'analysis', 'news', 'series', 'bus', 'user-profile', 'virus', 'gas', 'lens'])(
    'a singular such as %s stays as it is',
    (word) => {
      expect(singularOf(word)).toBe(word);
    },
  );

  it('of a name is another name', () => {
    for (const word of ['constructor', 'x', 's', 'a-s', 'people', 'orders']) {
      expect(isKebabName(pluralOf(word))).toBe(true);
      expect(pluralOf(word)).not.toBe(word);
      expect(isKebabName(singularOf(word))).toBe(true);
    }
  });
});
