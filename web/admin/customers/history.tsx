import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import { whenWords, zoneOf } from '../../kit/customers/finding.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { staffName } from '../../kit/shop.ts';

const MOST_SHOWN = 20;

type Page = { readonly items: readonly AppointmentReply[]; readonly nextCursor: string | null };

/** The latest appointments of a customer, each a link to its day at the desk. */
export function History({ customerId }: { readonly customerId: string }) {
  const reading = useReading(() => askAs<Page>('GET', `/v1/customers/${customerId}/appointments?limit=${MOST_SHOWN}`));
  return (
    <section class="card panel-card" aria-labelledby="appointments">
      <h2 id="appointments">Appointments</h2>
      <Read reading={reading}>
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 && <p class="soft">None yet.</p>}
            <ul class="rows">
              {items.map(({ id, startsAt, locationId, serviceName, staffId, staffName: name, status }) => (
                <li key={id}>
                  <a href={`/desk#appointment=${id}&staff=${staffId}&at=${encodeURIComponent(startsAt)}`}>
                    {whenWords(Date.parse(startsAt), zoneOf(locationId))}
                  </a>
                  <p class="soft small">
                    {[serviceName, `with ${name ?? staffName(staffId)}`, status === 'booked' ? null : status].filter((part) => part !== null).join(', ')}
                  </p>
                </li>
              ))}
            </ul>
            {nextCursor !== null && <p class="soft small">The latest {MOST_SHOWN}.</p>}
          </>
        )}
      </Read>
    </section>
  );
}
