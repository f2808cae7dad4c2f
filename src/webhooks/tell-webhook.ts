// What the maker of an endpoint is told of a fact: what the change feed tells them at this moment.
import type { Principal } from '../access/principal.ts';
import { may } from '../access/rights.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import type { Catalogs } from '../booking/parts.ts';
import { placeOfCalendar, readerOfCalendar, zoneOfCalendar } from '../booking/staff-directory.ts';
import { detailsFor, wireEvent } from '../booking/wire-events.ts';
import { isOfDispute, type PaymentFact } from '../model/payment-facts.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Maker, TellableFact } from './webhook.ts';
import type { Teller, ToldFact } from './webhook-deliverer.ts';

type CalendarFact = Exclude<TellableFact, { payment: unknown }>;
type TellerParts = Catalogs & {
  readonly appointments: Pick<AppointmentReads, 'detailsOf'>;
  /** Who they are at this moment; `undefined`: they are not any more. */
  readonly principalOf: (maker: Maker) => Promise<Principal | undefined>;
};

export function webhookTeller(parts: TellerParts): Teller {
  return {
    async tell({ maker, locationId }, facts) {
      const principal = await parts.principalOf(maker);
      if (principal === undefined || !may(principal, 'manage-webhooks', { staffId: null, locationId })) return 'maker-gone';
      const told = (fact: TellableFact) =>
        'payment' in fact ? paymentTold(parts, { principal, locationId }, fact.payment) : factTold(parts, { principal, locationId }, fact);
      return await Promise.all(facts.map(told));
    },
  };
}

/** `locationId`: where the endpoint is told of what happens; null: everywhere. */
type Listening = { readonly principal: Principal; readonly locationId: string | null };

async function factTold(parts: TellerParts, { principal, locationId }: Listening, { calendarId, at, event }: CalendarFact): Promise<ToldFact> {
  const place = placeOfCalendar(parts, calendarId);
  if (place === undefined || (locationId !== null && place.locationId !== locationId) || !may(principal, 'see-busy-times', place)) return null;
  const reader = readerOfCalendar(parts, principal, calendarId);
  const timeZone = zoneOfCalendar(parts, calendarId);
  const { type: _, ...data } = wireEvent(event, { timeZone, reader, details: await detailsFor(parts, reader, [event]) });
  return { occurredAt: wireTime(at, timeZone), data };
}

/** To those who may look at the payments of the place where it was taken. */
async function paymentTold({ catalog }: TellerParts, { principal, locationId }: Listening, payment: PaymentFact): Promise<ToldFact> {
  const { paymentId, appointmentId, kind, method, money: amount, refundId, failure, at } = payment;
  const place = { staffId: null, locationId: payment.locationId };
  if ((locationId !== null && payment.locationId !== locationId) || !may(principal, 'read-payments', place)) return null;
  const timeZone = catalog.snapshotWithArchived().locations.get(payment.locationId)?.timeZone ?? 'UTC';
  const data = {
    ...{ paymentId, appointmentId, locationId: payment.locationId, kind, method, amount },
    ...(refundId !== null && { refundId, cause: isOfDispute(refundId) ? 'dispute' : 'refund' }),
    ...(failure !== null && { reason: failure, isFinal: kind === 'no-show-fee' || failure !== 'declined' }),
  };
  return { occurredAt: wireTime(at, timeZone), data };
}
