// What endpoints are told of, as a consumer of the change log: each fact becomes a row of each endpoint that wants it, which waits until it was told.
import type { CalendarEvent } from '../actors/calendar/calendar.ts';
import type { LoggedChange, LogPosition } from '../actors/change-log-port.ts';
import { type Consumer, hadEnded } from '../consumers/consumer.ts';
import { cursorOf } from '../model/log-cursor.ts';
import type { NewDelivery } from './webhook.ts';
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
export function deliveriesFor({ id: endpointId, types, locationId }: Wanting, changes: readonly LoggedChange[], places: WebhookPlaces) {
  const wanted = new Set<string>(types);
  const concerns = ({ calendarId }: LoggedChange) => locationId === null || (places.locationOf(calendarId) ?? locationId) === locationId;
  return changes.filter(concerns).flatMap(({ calendarId, revision, events, ...place }) =>
    events.flatMap((event, eventIndex): readonly NewDelivery[] => {
      if (!wanted.has(event.type)) return [];
      const id = factId(places.era(), place, eventIndex);
      return [{ endpointId, id, type: event.type, calendarId, revision, eventIndex, subject: subjectOf(event, calendarId) }];
    }),
  );
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
