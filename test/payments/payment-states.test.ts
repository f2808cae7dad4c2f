import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PAYMENT_STATES, type PaymentState } from '../../src/model/payment-words.ts';
import { cellOf, OPEN_STATES, PAYMENT_EVENTS, type PaymentEvent, STATES_WITH_MONEY } from '../../src/payments/payment-states.ts';

/** One line for a state: `event → next state: who acts: act`; what is left out changes nothing and nobody acts. */
const EXPECTED: Readonly<Record<PaymentState, string>> = {
  held: `authorised reserved calendar book, release-asked lapsed provider cancel, begun paying customer pay, succeeded paying calendar book, failed held customer pay, processing paying nobody none, cancelled closed nobody none,
    expired lapsed provider cancel, claimed booked nobody none, claim-refused paid-late calendar claim-again, refund-asked held people alarm,
    refund-succeeded held people alarm, refund-failed held people alarm, dispute-opened held people alarm,
    charge-refused lapsed provider cancel`,
  paying: `authorised reserved calendar book, release-asked lapsed provider cancel, succeeded paying calendar book, failed held customer pay, cancelled closed nobody none, expired lapsed provider cancel, claimed booked nobody none,
    claim-refused paid-late calendar claim-again, refund-asked paying people alarm, refund-succeeded paying people alarm, refund-failed paying people alarm,
    dispute-opened paying people alarm,
    charge-refused lapsed provider cancel`,
  reserved: `authorised reserved calendar book, succeeded booked provider keep, failed reserved people alarm, processing reserved people alarm, cancelled closed people alarm,
    claim-refused lapsed provider cancel, refund-asked reserved people alarm, refund-succeeded reserved people alarm, refund-failed reserved people alarm,
    dispute-opened reserved people alarm, charge-refused reserved people alarm,
    capture-asked reserved provider capture, release-asked lapsed provider cancel`,
  booked: `authorised booked people alarm, failed booked people alarm, processing booked people alarm, cancelled booked people alarm, claim-refused booked people alarm,
    refund-asked refunding provider refund, refund-succeeded refunded nobody none, refund-failed booked people alarm, dispute-opened disputed people alarm,
    dispute-won booked people alarm, dispute-lost refunded people alarm,
    charge-refused booked people alarm`,
  lapsed: `authorised lapsed provider cancel, capture-asked lapsed provider cancel, release-asked lapsed provider cancel, begun lapsed provider cancel, succeeded paid-late calendar claim-again, failed lapsed provider cancel, cancelled closed nobody none,
    expired lapsed provider cancel, claimed booked nobody none, claim-refused lapsed provider cancel, refund-asked lapsed people alarm,
    refund-succeeded lapsed people alarm, refund-failed lapsed people alarm, dispute-opened lapsed people alarm,
    charge-refused lapsed provider cancel`,
  'paid-late': `authorised paid-late people alarm, succeeded paid-late calendar claim-again, failed paid-late people alarm, processing paid-late people alarm, cancelled paid-late people alarm,
    expired paid-late calendar claim-again, claimed booked nobody none, claim-refused refunding provider refund-all, refund-asked refunding provider refund,
    refund-succeeded refunded nobody none, refund-failed paid-late people alarm, dispute-opened disputed people alarm, dispute-won paid-late people alarm,
    dispute-lost refunding people alarm,
    charge-refused paid-late people alarm`,
  refunding: `authorised refunding people alarm, succeeded refunding provider refund, failed refunding people alarm, processing refunding people alarm, cancelled refunding people alarm,
    claimed refunding people alarm, claim-refused refunding provider refund-all, refund-asked refunding provider refund, refund-succeeded refunded nobody none,
    refund-failed refunding people alarm, dispute-opened disputed people alarm, dispute-won refunding people alarm,
    dispute-lost refunding people alarm,
    charge-refused refunding people alarm`,
  refunded: `authorised refunded people alarm, failed refunded people alarm, processing refunded people alarm, cancelled refunded people alarm, claimed refunded people alarm,
    refund-asked refunding provider refund, refund-failed refunding people alarm, dispute-opened disputed people alarm, dispute-won refunded people alarm,
    dispute-lost refunded people alarm,
    charge-refused refunded people alarm`,
  disputed: `authorised disputed people alarm, failed disputed people alarm, processing disputed people alarm, cancelled disputed people alarm, claim-refused paid-late calendar claim-again,
    refund-asked disputed people alarm, refund-succeeded disputed people alarm, refund-failed disputed people alarm, dispute-opened disputed people alarm, dispute-won booked people alarm,
    dispute-lost refunded people alarm,
    charge-refused disputed people alarm`,
  closed: `authorised lapsed provider cancel, capture-asked closed people alarm, begun lapsed provider cancel, succeeded paid-late calendar claim-again, processing lapsed nobody none, claimed booked people alarm,
    refund-asked closed people alarm, refund-succeeded closed people alarm, refund-failed closed people alarm, dispute-opened closed people alarm`,
};

function expectedOf(state: PaymentState): ReadonlyMap<string, string> {
  return new Map(
    EXPECTED[state]
      .split(',')
      .map((line) => line.trim().split(/\s+/))
      .map(([event, ...cell]) => [String(event), cell.join(' ')]),
  );
}

suite('the states of a payment', () => {
  for (const state of PAYMENT_STATES) {
    const expected = expectedOf(state);
    for (const event of PAYMENT_EVENTS)
      test(`${state}: ${event} means what the table says`, () => {
        const { to, who, act } = cellOf(state, event);
        assert.equal(`${to} ${who} ${act}`, expected.get(event) ?? `${state} nobody none`);
      });
  }

  test('what comes twice or too late changes nothing, in any state', () => {
    for (const state of PAYMENT_STATES)
      for (const event of ['duplicate', 'out-of-order'] satisfies PaymentEvent[])
        assert.deepEqual(cellOf(state, event), { to: state, who: 'nobody', act: 'none' });
  });

  test('an appointment follows from a claim that came after money, and from nothing else', () => {
    for (const state of PAYMENT_STATES)
      for (const event of PAYMENT_EVENTS)
        if (cellOf(state, event).to === 'booked' && state !== 'booked')
          assert.ok(event === 'claimed' || state === 'disputed' || (state === 'reserved' && event === 'succeeded'), `${state} ${event}`);
  });

  test('money is never forgotten: no event leads from a state with money to one without', () => {
    for (const state of STATES_WITH_MONEY)
      for (const event of PAYMENT_EVENTS) assert.ok(STATES_WITH_MONEY.includes(cellOf(state, event).to), `${state} ${event}`);
  });

  test('a success is followed up wherever the money is not accounted for yet', () => {
    for (const state of PAYMENT_STATES) {
      const { to, act } = cellOf(state, 'succeeded');
      if (STATES_WITH_MONEY.includes(state)) assert.ok(STATES_WITH_MONEY.includes(to));
      else assert.ok(act === 'book' || act === 'claim-again' || (state === 'reserved' && act === 'keep'), state);
    }
  });

  test('what waits for the provider, the calendar or a customer is looked at again', () => {
    for (const state of PAYMENT_STATES)
      for (const event of PAYMENT_EVENTS) {
        const { to, act } = cellOf(state, event);
        if (act === 'cancel' || act === 'refund-all' || act === 'refund' || act === 'pay' || act === 'book' || act === 'claim-again' || act === 'capture')
          assert.ok(OPEN_STATES.includes(to), `${state} ${event}`);
      }
  });
});
