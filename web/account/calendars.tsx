import { useSignal } from '@preact/signals';
import { CalendarFeed } from '../kit/calendar-feed.tsx';
import { ExternalCalendars } from '../kit/external-calendars.tsx';
import type { User } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { Section } from './section.tsx';

const ID = 'calendars';

/** Calendars elsewhere: the reader's own, and for managers those of every staff member. */
export function Calendars({ user }: { readonly user: User }) {
  const chosen = useSignal<string | null>(user.staffId);
  const isManager = user.role === 'owner' || user.role === 'manager';
  const all = shop.value.state === 'ready' ? shop.value.value.staff : [];
  const staff = all.filter(({ locationId }) => user.locationId === null || user.locationId === locationId);
  const staffId = chosen.value ?? staff[0]?.id ?? null;
  return (
    <Section id={ID} title="Calendars elsewhere" lead="See appointments in another calendar program, and keep times free that are taken in another calendar.">
      {isManager && staffId !== null && (
        <div class="field matter-form">
          <label for="calendars-of">Calendars of</label>
          <select
            id="calendars-of"
            value={staffId}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {staff.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      {staffId === null ? (
        <div class="empty">
          <p>There are no staff members yet.</p>
        </div>
      ) : (
        <div key={staffId}>
          <CalendarFeed staffId={staffId} />
          <ExternalCalendars staffId={staffId} />
        </div>
      )}
    </Section>
  );
}
