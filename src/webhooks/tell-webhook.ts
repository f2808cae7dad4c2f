// What the maker of an endpoint is told of a fact: what the change feed tells them at this moment.
import type { Principal } from '../access/principal.ts';
import { may } from '../access/rights.ts';
import type { AppointmentReads } from '../booking/appointment-reads-port.ts';
import type { Catalogs } from '../booking/parts.ts';
import { placeOfCalendar, readerOfCalendar, zoneOfCalendar } from '../booking/staff-directory.ts';
import { detailsFor, wireEvent } from '../booking/wire-events.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { Maker } from './webhook.ts';
import type { Teller } from './webhook-deliverer.ts';

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
      return await Promise.all(
        facts.map(async ({ calendarId, at, event }) => {
          const place = placeOfCalendar(parts, calendarId);
          if (place === undefined || (locationId !== null && place.locationId !== locationId) || !may(principal, 'see-busy-times', place)) return null;
          const reader = readerOfCalendar(parts, principal, calendarId);
          const timeZone = zoneOfCalendar(parts, calendarId);
          const { type: _, ...data } = wireEvent(event, { timeZone, reader, details: await detailsFor(parts, reader, [event]) });
          return { occurredAt: wireTime(at, timeZone), data };
        }),
      );
    },
  };
}
