// What endpoints are told of, as a consumer of the change log and of what becomes of money, which has its place between the changes: each fact becomes a row of each
// endpoint that wants it, which waits until it was told.
import type { CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LogPosition } from '../actors/change-log-port.ts';
import { type Consumer, hadEnded } from '../consumers/consumer.ts';
import { cursorOf } from '../model/log-cursor.ts';
import type { NewDelivery, ToldChange } from './webhook.ts';
import type { Listener, Wanting } from './webhook-store-port.ts';

/** Never changed: how far endpoints have been written for stands under it. */
const WEBHOOK_CONSUMER = 'webhooks';
/** One statement of some milliseconds for each of a few endpoints. */
const BATCH_SIZE = 100;

/** Within the transaction. */
export type DeliveryWriting<Transaction> = {
  /** Of endpoints that are not disabled; no attempt is settled for them until the transaction is over, so that it is known what waits. */
  listeners(transaction: Transaction): Promise<readonly Listener[]>;
  /** What is over the limit of an endpoint disables it. */
  add(transaction: Transaction, deliveries: readonly NewDelivery[]): Promise<void>;
};

/** What has to be known of the business. */
export type WebhookPlaces = {
  readonly era: () => string;
  /** Where a calendar is; `undefined` where this node does not know it yet. */
  readonly locationOf: (calendarId: string) => string | undefined;
};

/** `onWritten`: something may be due. */
export function webhookConsumer<Transaction>(writing: DeliveryWriting<Transaction>, places: WebhookPlaces, onWritten: () => void): Consumer<Transaction> {
  return {
    onWritten,
    ...{ name: WEBHOOK_CONSUMER, from: 'now', batchSize: BATCH_SIZE, types: null },
    effectsOf: async (changes) => async (transaction) => {
      const listeners = await writing.listeners(transaction);
      const deliveries = listeners.flatMap((listener) => {
        const later = changes.filter(({ xid }) => !hadEnded(xid, listener.startedAt));
        return deliveriesFor(listener, later, places);
      });
      if (deliveries.length > 0) await writing.add(transaction, deliveries);
    },
  };
}

/** The facts in these changes that an endpoint is to be told, in their order. Whether its maker may know them is judged when it is told. */
export function deliveriesFor({ id: endpointId, types, locationId }: Wanting, changes: readonly ToldChange[], places: WebhookPlaces) {
  const wanted = new Set<string>(types);
  const concerns = ({ calendarId, payment }: ToldChange) =>
    locationId === null || (payment?.locationId ?? places.locationOf(calendarId) ?? locationId) === locationId;
  return changes.filter(concerns).flatMap(({ calendarId, revision, events, payment, ...place }): readonly NewDelivery[] => {
    const idOf = (eventIndex: number) => factId(places.era(), place, eventIndex);
    if (payment !== undefined) {
      const { key: paymentFact, type, appointmentId: subject } = payment;
      return wanted.has(type) ? [{ endpointId, id: idOf(0), type, calendarId: null, revision: 0, eventIndex: 0, paymentFact, subject }] : [];
    }
    const told = { endpointId, calendarId, revision, paymentFact: null };
    return events.flatMap((event, eventIndex) =>
      wanted.has(event.type) ? [{ ...told, id: idOf(eventIndex), type: event.type, eventIndex, subject: subjectOf(event, calendarId) }] : [],
    );
  });
}

/** The cursor of its change; of what was decided beside it, with a number. */
function factId(era: string, place: LogPosition, eventIndex: number): string {
  const cursor = cursorOf(era, place);
  return eventIndex === 0 ? cursor : `${cursor}.${eventIndex}`;
}

/** What a fact is about: in whose order it is told. */
function subjectOf(event: CalendarEvent, calendarId: string): string {
  if ('appointment' in event) return event.appointment.id;
  if ('hold' in event) return event.hold.id;
  return 'block' in event ? event.block.id : calendarId;
}
