import { describe, expect, it } from 'vitest';
import { isKebabName } from '../../../../src/scaffold/words/names.ts';
import { reservedRels, titleOfRel, verbFor } from '../../../../src/scaffold/words/verbs.ts';
import { pairs } from '../pairs.ts';

describe('the verb that leads into', () => {
  it.each(
    pairs(`
      paid=pay shipped=ship cancelled=cancel canceled=cancel approved=approve delivered=deliver refunded=refund
      returned=return published=publish archived=archive sent=send sold=sell held=hold active=activate open=open
      opened=open closed=close done=finish draft=return-to-draft in-review=review rejected=reject reserved=reserve
      confirmed=confirm completed=complete started=start stopped=stop submitted=submit processed=process
      failed=fail expired=expire activated=activate suspended=suspend packed=pack picked=pick scheduled=schedule
      settled=settle invoiced=invoice charged=charge changed=change verified=verify applied=apply agreed=agree
      succeeded=succeed transferred=transfer planned=plan scanned=scan tagged=tag dropped=drop filled=fill
      installed=install passed=pass dismissed=dismiss finalized=finalize finalised=finalise released=release
      licensed=mark-licensed reversed=reverse issued=issue queued=queue merged=merge exchanged=exchange enabled=enable
      disabled=disable handled=handle compiled=compile mailed=mail stored=store monitored=monitor shared=share
      declared=declare cleared=clear repaired=repair hired=hire required=require captured=capture insured=insure
      ordered=order registered=register claimed=claim named=name streamed=stream consumed=consume zoomed=zoom
      signed=sign defined=define joined=join explained=explain postponed=postpone provisioned=provision revoked=revoke
      booked=book escaped=escape developed=develop typed=mark-typed described=describe climbed=climb upgraded=upgrade
      loaded=load decided=decide included=include superseded=supersede voted=vote executed=execute audited=audit
      invited=invite accepted=accept dispatched=dispatch reviewed=review delayed=delay vetoed=veto fixed=fix
      withdrawn=withdraw taken=take frozen=freeze lost=lose built=build written=write added=add created=recreate
      treated=treat updated=mark-updated deleted=mark-deleted edited=mark-edited replaced=mark-replaced
      on-hold=put-on-hold in-production=start-production processing=start-processing picked-up=pick-up
      checked-in=check-in payment-failed=fail-payment re-opened=re-open overdue=mark-overdue unpaid=mark-unpaid
      not-paid=mark-not-paid out-for-delivery=mark-out-for-delivery returned-to-sender=return-to-sender
      a=mark-a red=mark-red v2=mark-v2`),
  )('%s is %s', (state, verb) => {
    expect(verbFor(state)).toBe(verb);
  });

  it('any state is a name and never a relation that means something else', () => {
    for (const rel of reservedRels) {
      for (const state of [rel, `${rel}d`, `${rel}ed`, `in-${rel}`]) {
        expect(isKebabName(verbFor(state))).toBe(true);
        expect(reservedRels.has(verbFor(state))).toBe(false);
      }
    }
  });
});

describe('the title of', () => {
  it.each(
    pairs(`
      pay=Pay_this_order mark-paid=Mark_this_order_paid return-to-draft=Return_this_order_to_draft
      put-on-hold=Put_this_order_on_hold re-open=Re-open_this_order start-processing=Start_processing_this_order
      start-production=Start_production_of_this_order check-in=Check_this_order_in`),
  )('%s is %s', (rel, title) => {
    expect(titleOfRel(rel, 'order')).toBe(title.replaceAll('_', ' '));
  });
});
