// The table of states of a payment: what each event means in each state, who acts then, and what they do. It is the specification; `settle.ts` looks everything up here.
//
// A calendar decides what concerns the slot, the row of a payment what concerns the money. An event of the provider is a hint to look: what counts is what the
// provider says when it is asked. Three promises follow from the table, and `test/payments/` holds them against random sequences: no appointment is booked before money
// where money is due; one payment never makes two appointments; no money is kept without an appointment.
import type { PaymentState } from '../model/payment-words.ts';

/**
 * By the provider: `begun` (it knows of the payment), `succeeded`, `failed` (a card was declined; another may be tried), `processing`, `cancelled`, refunds and disputes.
 * After `failed` the payment is `held` again and its hold stays `paying`: the same payment can still succeed, so the time is kept until `payUntil`, or until the customer gives it up.
 * By the calendar: `expired` (the hold is over), `claimed` and `claim-refused` (what came of asking for the appointment; of what the customer has given up it is always refused). `refund-asked`: by a rule, the business, or this table.
 * `authorised`: the card has reserved the money. `capture-asked`: it is to be taken, all or a part, by the desk or as the reservation is about to end; `release-asked`: nothing of it is. What was decided is written down before.
 * `charge-refused`: a kept card was charged with a no-show fee and declined, with no customer there to try another. `dispute-won`: the money stays, `dispute-lost`: the customer’s bank has taken it back. `duplicate`: what was told before. `out-of-order`: what is not so any more.
 */
export const PAYMENT_EVENTS = [
  'begun',
  'authorised',
  'succeeded',
  'failed',
  'processing',
  'cancelled',
  'expired',
  'claimed',
  'claim-refused',
  'refund-asked',
  'refund-succeeded',
  'refund-failed',
  'dispute-opened',
  'dispute-won',
  'dispute-lost',
  'charge-refused',
  'capture-asked',
  'release-asked',
  'duplicate',
  'out-of-order',
] as const;
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

/** Who acts. `people`: those who work for the business, told by the notification centre. */
type PaymentActor = 'nobody' | 'customer' | 'calendar' | 'provider' | 'people';
/**
 * `book`: the calendar is asked to book the hold. `claim-again`: the calendar is asked for the same time once more. `cancel`: the provider takes no money any more.
 * `capture`: the provider takes so much of what is reserved. `keep`: the customer is told, and what was taken beyond what was decided goes back.
 * `refund-all`: all that is left goes back. `refund`: what was asked for goes back. `alarm`: something is not as it should be. `pay`: only the customer can go on.
 */
type PaymentAct = 'none' | 'pay' | 'book' | 'claim-again' | 'cancel' | 'capture' | 'keep' | 'refund-all' | 'refund' | 'alarm';
export type PaymentCell = { readonly to: PaymentState; readonly who: PaymentActor; readonly act: PaymentAct };

const WHO = {
  none: 'nobody',
  pay: 'customer',
  book: 'calendar',
  'claim-again': 'calendar',
  cancel: 'provider',
  capture: 'provider',
  keep: 'provider',
  'refund-all': 'provider',
  refund: 'provider',
  alarm: 'people',
} as const satisfies Record<PaymentAct, PaymentActor>;

function go(to: PaymentState, act: PaymentAct = 'none'): PaymentCell {
  return { to, who: WHO[act], act };
}

// biome-ignore format: a table is read by its rows
const TABLE = {
  held: {
    begun: go('paying', 'pay'), succeeded: go('paying', 'book'), failed: go('held', 'pay'), processing: go('paying'), cancelled: go('closed'),
    expired: go('lapsed', 'cancel'), claimed: go('booked'), 'claim-refused': go('paid-late', 'claim-again'),
    'refund-asked': go('held', 'alarm'), 'refund-succeeded': go('held', 'alarm'), 'refund-failed': go('held', 'alarm'),
    'dispute-opened': go('held', 'alarm'), 'dispute-won': go('held'), 'dispute-lost': go('held'), 'charge-refused': go('lapsed', 'cancel'), duplicate: go('held'), 'out-of-order': go('held'),
    authorised: go('reserved', 'book'), 'capture-asked': go('held'), 'release-asked': go('lapsed', 'cancel'),
  },
  paying: {
    begun: go('paying'), succeeded: go('paying', 'book'), failed: go('held', 'pay'), processing: go('paying'), cancelled: go('closed'),
    expired: go('lapsed', 'cancel'), claimed: go('booked'), 'claim-refused': go('paid-late', 'claim-again'),
    'refund-asked': go('paying', 'alarm'), 'refund-succeeded': go('paying', 'alarm'), 'refund-failed': go('paying', 'alarm'),
    'dispute-opened': go('paying', 'alarm'), 'dispute-won': go('paying'), 'dispute-lost': go('paying'), 'charge-refused': go('lapsed', 'cancel'), duplicate: go('paying'), 'out-of-order': go('paying'),
    authorised: go('reserved', 'book'), 'capture-asked': go('paying'), 'release-asked': go('lapsed', 'cancel'),
  },
  reserved: {
    begun: go('reserved'), succeeded: go('booked', 'keep'), failed: go('reserved', 'alarm'), processing: go('reserved', 'alarm'), cancelled: go('closed', 'alarm'),
    expired: go('reserved'), claimed: go('reserved'), 'claim-refused': go('lapsed', 'cancel'),
    'refund-asked': go('reserved', 'alarm'), 'refund-succeeded': go('reserved', 'alarm'), 'refund-failed': go('reserved', 'alarm'),
    'dispute-opened': go('reserved', 'alarm'), 'dispute-won': go('reserved'), 'dispute-lost': go('reserved'), 'charge-refused': go('reserved', 'alarm'), duplicate: go('reserved'), 'out-of-order': go('reserved'),
    authorised: go('reserved', 'book'), 'capture-asked': go('reserved', 'capture'), 'release-asked': go('lapsed', 'cancel'),
  },
  booked: {
    begun: go('booked'), succeeded: go('booked'), failed: go('booked', 'alarm'), processing: go('booked', 'alarm'), cancelled: go('booked', 'alarm'),
    expired: go('booked'), claimed: go('booked'), 'claim-refused': go('booked', 'alarm'),
    'refund-asked': go('refunding', 'refund'), 'refund-succeeded': go('refunded'), 'refund-failed': go('booked', 'alarm'),
    'dispute-opened': go('disputed', 'alarm'), 'dispute-won': go('booked', 'alarm'), 'dispute-lost': go('refunded', 'alarm'), 'charge-refused': go('booked', 'alarm'), duplicate: go('booked'), 'out-of-order': go('booked'),
    authorised: go('booked', 'alarm'), 'capture-asked': go('booked'), 'release-asked': go('booked'),
  },
  lapsed: {
    begun: go('lapsed', 'cancel'), succeeded: go('paid-late', 'claim-again'), failed: go('lapsed', 'cancel'), processing: go('lapsed'), cancelled: go('closed'),
    expired: go('lapsed', 'cancel'), claimed: go('booked'), 'claim-refused': go('lapsed', 'cancel'),
    'refund-asked': go('lapsed', 'alarm'), 'refund-succeeded': go('lapsed', 'alarm'), 'refund-failed': go('lapsed', 'alarm'),
    'dispute-opened': go('lapsed', 'alarm'), 'dispute-won': go('lapsed'), 'dispute-lost': go('lapsed'), 'charge-refused': go('lapsed', 'cancel'), duplicate: go('lapsed'), 'out-of-order': go('lapsed'),
    authorised: go('lapsed', 'cancel'), 'capture-asked': go('lapsed', 'cancel'), 'release-asked': go('lapsed', 'cancel'),
  },
  'paid-late': {
    begun: go('paid-late'), succeeded: go('paid-late', 'claim-again'), failed: go('paid-late', 'alarm'), processing: go('paid-late', 'alarm'),
    cancelled: go('paid-late', 'alarm'), expired: go('paid-late', 'claim-again'), claimed: go('booked'), 'claim-refused': go('refunding', 'refund-all'),
    'refund-asked': go('refunding', 'refund'), 'refund-succeeded': go('refunded'), 'refund-failed': go('paid-late', 'alarm'),
    'dispute-opened': go('disputed', 'alarm'), 'dispute-won': go('paid-late', 'alarm'), 'dispute-lost': go('refunding', 'alarm'), 'charge-refused': go('paid-late', 'alarm'), duplicate: go('paid-late'), 'out-of-order': go('paid-late'),
    authorised: go('paid-late', 'alarm'), 'capture-asked': go('paid-late'), 'release-asked': go('paid-late'),
  },
  refunding: {
    begun: go('refunding'), succeeded: go('refunding', 'refund'), failed: go('refunding', 'alarm'), processing: go('refunding', 'alarm'),
    cancelled: go('refunding', 'alarm'), expired: go('refunding'), claimed: go('refunding', 'alarm'), 'claim-refused': go('refunding', 'refund-all'),
    'refund-asked': go('refunding', 'refund'), 'refund-succeeded': go('refunded'), 'refund-failed': go('refunding', 'alarm'),
    'dispute-opened': go('disputed', 'alarm'), 'dispute-won': go('refunding', 'alarm'), 'dispute-lost': go('refunding', 'alarm'), 'charge-refused': go('refunding', 'alarm'), duplicate: go('refunding'), 'out-of-order': go('refunding'),
    authorised: go('refunding', 'alarm'), 'capture-asked': go('refunding'), 'release-asked': go('refunding'),
  },
  refunded: {
    begun: go('refunded'), succeeded: go('refunded'), failed: go('refunded', 'alarm'), processing: go('refunded', 'alarm'), cancelled: go('refunded', 'alarm'),
    expired: go('refunded'), claimed: go('refunded', 'alarm'), 'claim-refused': go('refunded'),
    'refund-asked': go('refunding', 'refund'), 'refund-succeeded': go('refunded'), 'refund-failed': go('refunding', 'alarm'),
    'dispute-opened': go('disputed', 'alarm'), 'dispute-won': go('refunded', 'alarm'), 'dispute-lost': go('refunded', 'alarm'), 'charge-refused': go('refunded', 'alarm'), duplicate: go('refunded'), 'out-of-order': go('refunded'),
    authorised: go('refunded', 'alarm'), 'capture-asked': go('refunded'), 'release-asked': go('refunded'),
  },
  disputed: {
    begun: go('disputed'), succeeded: go('disputed'), failed: go('disputed', 'alarm'), processing: go('disputed', 'alarm'), cancelled: go('disputed', 'alarm'),
    expired: go('disputed'), claimed: go('disputed'), 'claim-refused': go('paid-late', 'claim-again'),
    'refund-asked': go('disputed', 'alarm'), 'refund-succeeded': go('disputed', 'alarm'), 'refund-failed': go('disputed', 'alarm'),
    'dispute-opened': go('disputed', 'alarm'), 'dispute-won': go('booked', 'alarm'), 'dispute-lost': go('refunded', 'alarm'), 'charge-refused': go('disputed', 'alarm'), duplicate: go('disputed'), 'out-of-order': go('disputed'),
    authorised: go('disputed', 'alarm'), 'capture-asked': go('disputed'), 'release-asked': go('disputed'),
  },
  closed: {
    begun: go('lapsed', 'cancel'), succeeded: go('paid-late', 'claim-again'), failed: go('closed'), processing: go('lapsed'), cancelled: go('closed'),
    expired: go('closed'), claimed: go('booked', 'alarm'), 'claim-refused': go('closed'),
    'refund-asked': go('closed', 'alarm'), 'refund-succeeded': go('closed', 'alarm'), 'refund-failed': go('closed', 'alarm'),
    'dispute-opened': go('closed', 'alarm'), 'dispute-won': go('closed'), 'dispute-lost': go('closed'), 'charge-refused': go('closed'), duplicate: go('closed'), 'out-of-order': go('closed'),
    authorised: go('lapsed', 'cancel'), 'capture-asked': go('closed', 'alarm'), 'release-asked': go('closed'),
  },
} as const satisfies Readonly<Record<PaymentState, Readonly<Record<PaymentEvent, PaymentCell>>>>;

export function cellOf(state: PaymentState, event: PaymentEvent): PaymentCell {
  return TABLE[state][event];
}

/** States that are looked at again: what the provider or the calendar says may change them without an event. */
export const OPEN_STATES: readonly PaymentState[] = ['held', 'paying', 'reserved', 'lapsed', 'paid-late', 'refunding', 'disputed'];
/** With money that is ours until it goes back. */
export const STATES_WITH_MONEY: readonly PaymentState[] = ['booked', 'paid-late', 'refunding', 'refunded', 'disputed'];
