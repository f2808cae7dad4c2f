import type { ComponentChild } from 'preact';
import { sumOf } from '../../src/model/add-ons.ts';
import { namesOf } from '../kit/add-ons.tsx';
import { Connection } from '../kit/connection.tsx';
import { isolated, say } from '../kit/language.ts';
import { clockRange, duration, longDay, money, shortDay } from '../kit/money-and-time.ts';
import { durationRange, offeredRange, priceRange, priceWords } from '../kit/service-words.tsx';
import { openShop, staffName } from '../kit/shop.ts';
import { Telephone } from '../kit/telephone.tsx';
import { addOns, doers, location, people, seats, service, staffId, timeZone } from './choosing.ts';
import { BookButton } from './details-form.tsx';
import { live, soon } from './free-times.ts';
import { HoldCountdown } from './hold-countdown.tsx';
import { asking, booking, hasRunOut, keep, kept, stage } from './keeping.ts';
import { words } from './languages.ts';
import { whenSoon } from './soon.tsx';

/** What has been chosen so far, with its price, how long it is held, and the next step: beside the page, or at the bottom of a narrow one. */
export function Summary() {
  const { bar } = words.value;
  const isHeld = stage.value === 'details' || stage.value === 'paying';
  return (
    <aside class="summary card" aria-label={bar.label} data-empty={service.value === undefined || undefined}>
      <h2>{isHeld ? bar.appointment : bar.chosen}</h2>
      {service.value === undefined ? <p class="soft">{bar.empty}</p> : <Chosen />}
      {stage.value === 'details' && kept.value !== undefined && !hasRunOut.value && booking.value !== 'unsure' && <HoldCountdown hold={kept.value} />}
      <div class="summary-foot">
        <Connection state={live.state.value} />
        {stage.value === 'choosing' && <NextButton />}
        {stage.value === 'details' && <BookButton />}
      </div>
      <Place />
    </aside>
  );
}

/** Lines on a wide screen, and one line at the bottom of a narrow one. */
function Chosen() {
  const { bar, labels } = words.value;
  const offer = service.value;
  // What is held is booked as it was held, whatever is offered by now.
  const hold = kept.value;
  if (offer === undefined) return null;
  const name = isolated(hold?.serviceName ?? offer.name);
  const count = hold?.seats ?? seats.value;
  const along = hold === undefined ? addOns.value : (hold.addOns ?? []);
  const range = withAlong(offeredRange(offer, doers.value), sumOf(addOns.value), count);
  const price = hold?.price === undefined ? priceRange(range, offer.priceType) : priceWords(hold.price, hold.policy?.priceType);
  const from = hold === undefined ? undefined : Date.parse(hold.startsAt);
  const hours = hold === undefined || from === undefined ? '' : clockRange(from, Date.parse(hold.endsAt), timeZone.value);
  return (
    <>
      <dl>
        <Line term={labels.service} is={`${name}, ${hold === undefined ? durationRange(range) : duration(minutesOf(hold))}`} />
        {along.length > 0 && <Line term={labels.addOns} is={namesOf(along)} />}
        <Line term={labels.staff} is={withWhom()} />
        {count > 1 && <Line term={bar.seats} is={String(count)} />}
        {from !== undefined && <Line term={labels.when} is={`${longDay(from, timeZone.value)}, ${hours}`} />}
        {hold?.voucher !== undefined && <Line term={labels.voucher} is={`−${money(hold.voucher.discount)}`} />}
        <Line term={labels.price} is={price} />
        {hold?.due !== undefined && hold.due.amount > 0 && <Line term={hold.policy?.reserves ? bar.reserveNow : bar.payNow} is={money(hold.due)} />}
      </dl>
      <p class="summary-line">
        <span class="summary-name">
          {from === undefined ? `${name}${count > 1 ? ` × ${count}` : ''} · ${withWhom()}` : `${shortDay(from, timeZone.value)}, ${hours}`}
        </span>{' '}
        <strong>{hold?.due === undefined || hold.due.amount === 0 ? price : money(hold.due)}</strong>
      </p>
    </>
  );
}

type Range = ReturnType<typeof offeredRange>;

/** With what is done along, for all seats. */
function withAlong({ minutes, price }: Range, along: ReturnType<typeof sumOf>, count: number): Range {
  const lasting = (least: number) => least + along.durationMinutes;
  const costing = (one: Range['price']['least']) => ({ ...one, amount: (one.amount + along.priceMinor) * count });
  return {
    minutes: { least: lasting(minutes.least), most: lasting(minutes.most) },
    price: { least: costing(price.least), most: costing(price.most) },
  };
}

/** Holds the next free time: the shortest way to an appointment. */
function NextButton() {
  const next = soon.value?.[0];
  if (service.value === undefined || next === undefined) return null;
  return (
    <button
      type="button"
      class="button primary"
      aria-busy={asking.value === next.startsAt || undefined}
      aria-disabled={asking.value !== undefined || undefined}
      onClick={() => void keep(next.startsAt)}
    >
      {say(words.value.bar.next, { when: whenSoon(next.startsAt) })}
    </button>
  );
}

/** Where it is; on a narrow screen at the end of the page. */
export function Place() {
  const place = location.value;
  if (place === undefined) return null;
  return (
    <address>
      <strong>{openShop().locations.length > 1 ? place.name : openShop().business.name}</strong>
      {place.address !== null && <span>{place.address}</span>}
      {place.phone !== null && <Telephone typed={place.phone} />}
    </address>
  );
}

function minutesOf({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): number {
  return (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;
}

function withWhom(): string {
  if (kept.value !== undefined) return isolated(kept.value.staffName ?? staffName(kept.value.staffId));
  if (staffId.value !== undefined) return isolated(staffName(staffId.value));
  const only = people.value.length === 1 ? people.value[0] : undefined;
  return only === undefined ? words.value.choice.anyone : isolated(only.name);
}

/** `more` stands on a line of its own. */
export function Line({ term, is, more }: { readonly term: string; readonly is: ComponentChild; readonly more?: string | null }) {
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
