import { clockRange, duration, longDay, money } from '../kit/money-and-time.ts';
import { openShop, staffName } from '../kit/shop.ts';
import { Telephone } from '../kit/telephone.tsx';
import { location, people, service, staffId, timeZone } from './choosing.ts';
import { kept, stage } from './keeping.ts';

/** What has been chosen so far, always in sight on a wide screen. */
export function Summary() {
  const offer = service.value;
  const place = location.value;
  // What is held is booked as it was held, whatever is offered by now.
  const hold = kept.value;
  return (
    <aside class="summary card" aria-label="Your choice">
      <h2>{stage.value === 'details' || stage.value === 'paying' ? 'Your appointment' : 'Your choice'}</h2>
      {offer === undefined ? (
        <p class="soft">Choose a service to see its free times.</p>
      ) : (
        <dl>
          <Line term="What" is={`${hold?.serviceName ?? offer.name}, ${duration(hold === undefined ? offer.minutes : minutesOf(hold))}`} />
          <Line term="With" is={withWhom()} />
          {hold !== undefined && (
            <Line
              term="When"
              is={`${longDay(Date.parse(hold.startsAt), timeZone.value)}, ${clockRange(Date.parse(hold.startsAt), Date.parse(hold.endsAt), timeZone.value)}`}
            />
          )}
          <Line term="Price" is={priceWords(hold?.price ?? offer.price)} />
          {hold?.due !== undefined && <Line term="To pay now" is={money(hold.due)} />}
        </dl>
      )}
      {place !== undefined && (
        <address>
          <strong>{openShop().locations.length > 1 ? place.name : openShop().business.name}</strong>
          {place.address !== null && <span>{place.address}</span>}
          {place.phone !== null && <Telephone typed={place.phone} />}
        </address>
      )}
    </aside>
  );
}

function priceWords(price: Parameters<typeof money>[0]): string {
  return price.amount === 0 ? 'Free' : money(price);
}

function minutesOf({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): number {
  return (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;
}

function withWhom(): string {
  if (kept.value !== undefined) return kept.value.staffName ?? staffName(kept.value.staffId);
  if (staffId.value !== undefined) return staffName(staffId.value);
  const only = people.value.length === 1 ? people.value[0] : undefined;
  return only?.name ?? 'Anyone';
}

/** `more` stands on a line of its own. */
export function Line({ term, is, more }: { readonly term: string; readonly is: string; readonly more?: string | null }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {is}
        {typeof more === 'string' && <span class="more"> {more}</span>}
      </dd>
    </div>
  );
}
