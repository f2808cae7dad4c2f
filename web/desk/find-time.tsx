// New without a place on the grid: a service, with anyone or one person, and the next free times of a week.
import { type Signal, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SlotsReply } from '../../src/protocol/slots.ts';
import { namesOf } from '../kit/add-ons.tsx';
import { type Problem, query } from '../kit/api.ts';
import { Arrow } from '../kit/arrow.tsx';
import { clock, dayWords, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { durationRange, offeredRange, priceRange } from '../kit/service-words.tsx';
import { askAs } from '../kit/session.ts';
import { openShop, type Service, staffName } from '../kit/shop.ts';
import { addDays, localDate } from '../kit/zoned-dates.ts';
import { draft } from './draft.ts';
import { look } from './looking-at.ts';
import { PanelFrame } from './panel-frame.tsx';
import { date, lastEvents, locationId, staffHere, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

/** Of the service that was chosen last: the next one is often the same. */
export const lastServiceId = signal<string | undefined>(undefined);

/** `addOnIds`: of that service. */
type Wish = { readonly serviceId?: string | undefined; readonly staffId?: string | undefined; readonly addOnIds?: readonly string[] };
type Free = { readonly startsAt: number; readonly staffId: string };
type Found =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'found'; readonly free: readonly Free[] };
const WEEK_DAYS = 7;
/** A quarter of a year: later than that a date is chosen on the day itself. */
const MOST_WEEKS = 13;
/** Of one day; the rest is one press away. */
const SHOWN_OF_A_DAY = 5;

export function FindTimePanel({ wish }: { readonly wish: Wish }) {
  const text = words.value.fresh;
  const services = openShop().services.filter(({ id, active }) => active && staffHere.value.some(({ serviceIds }) => serviceIds.includes(id)));
  const offered = (id: string | undefined) => services.find((service) => service.id === id);
  const serviceId = useSignal((offered(wish.serviceId) ?? offered(lastServiceId.value) ?? services[0])?.id ?? '');
  const people = staffHere.value.filter(({ serviceIds }) => serviceIds.includes(serviceId.value));
  const staffId = useSignal(people.some(({ id }) => id === wish.staffId) ? (wish.staffId ?? '') : '');
  const week = useSignal(0);
  const from = addDays(today(), week.value * WEEK_DAYS);
  const along = serviceId.value === wish.serviceId ? (offered(wish.serviceId)?.addOns.filter(({ id }) => wish.addOnIds?.includes(id)) ?? []) : [];
  const addOnIds = along.map(({ id }) => id);
  const found = useFree({ serviceId: serviceId.value, addOnIds, staffId: staffId.value, from });
  return (
    <PanelFrame title={text.title}>
      {draft.value.known !== undefined && <p class="soft">{text.for({ name: draft.value.known.name })}</p>}
      <div class="stack">
        <ServiceChoice id="find-service" services={services} serviceId={serviceId} {...(staffId.value !== '' && { staffId: staffId.value })} />
        {along.length > 0 && <p class="soft">{text.along({ names: namesOf(along) })}</p>}
        <div class="field">
          <label for="find-person">{text.with}</label>
          <select
            id="find-person"
            value={staffId.value}
            onChange={(event) => {
              staffId.value = event.currentTarget.value;
            }}
          >
            <option value="">{text.anyone}</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <Weeks week={week} from={from} />
        <FreeTimes found={found} serviceId={serviceId.value} addOnIds={addOnIds} isAnyone={staffId.value === ''} from={from} />
        <p class="soft">{text.orPress}</p>
      </div>
    </PanelFrame>
  );
}

/** `staffId`: with whom; left out, anyone. */
type ServiceChoiceProps = { readonly id: string; readonly services: readonly Service[]; readonly serviceId: Signal<string>; readonly staffId?: string };

/** Of a new appointment. The next one begins with what was chosen last. */
export function ServiceChoice({ id: fieldId, services, serviceId, staffId }: ServiceChoiceProps) {
  return (
    <div class="field">
      <label for={fieldId}>{words.value.fresh.service}</label>
      <select
        id={fieldId}
        value={serviceId.value}
        onChange={(event) => {
          serviceId.value = event.currentTarget.value;
          lastServiceId.value = event.currentTarget.value;
        }}
      >
        {services.map((service) => (
          <option key={service.id} value={service.id}>
            {serviceLine(service, staffId)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** "Haircut, 30 min, €34", as it is with this person, or with any at the location. */
export function serviceLine(service: Service, staffId: string | undefined): string {
  const here = staffHere.value.filter(({ serviceIds }) => serviceIds.includes(service.id)).map(({ id }) => id);
  const range = offeredRange(service, staffId === undefined ? here : [staffId]);
  return `${service.name}, ${durationRange(range)}, ${priceRange(range, service.priceType)}`;
}

function Weeks({ week, from }: { readonly week: Signal<number>; readonly from: string }) {
  const last = addDays(from, WEEK_DAYS - 1);
  const text = words.value.fresh;
  const said = (day: string) => shortDay(Date.parse(`${day}T12:00:00Z`), 'UTC');
  const go = (to: number) => () => {
    week.value = to;
  };
  return (
    <div class="weeks">
      <button type="button" class="button icon" aria-label={text.weekEarlier} disabled={week.value === 0} onClick={go(week.value - 1)}>
        <Arrow to="left" />
      </button>
      <p aria-live="polite">
        {said(from)} – {said(last)}
      </p>
      <button type="button" class="button icon" aria-label={text.weekLater} disabled={week.value === MOST_WEEKS} onClick={go(week.value + 1)}>
        <Arrow to="right" />
      </button>
    </div>
  );
}

type Asked = { readonly serviceId: string; readonly addOnIds: readonly string[]; readonly staffId: string; readonly from: string };

/** Loaded again when something happens on the day in view; the server decides in the end. */
function useFree({ serviceId, addOnIds, staffId, from }: Asked): Found {
  const found = useSignal<Found>({ state: 'loading' });
  const events = lastEvents.value;
  useEffect(() => {
    if (found.peek().state !== 'found') found.value = { state: 'loading' };
    if (serviceId === '') return undefined;
    let isStale = false;
    const range = { serviceId, addOnIds, from, to: addDays(from, WEEK_DAYS), timeZone: timeZone.value, locationId: locationId.value };
    const path = `/v1/slots${query({ ...range, ...(staffId !== '' && { staffId }) })}`;
    void askAs<SlotsReply>('GET', path).then((answer) => {
      if (isStale) return;
      const free = answer.ok ? (answer.body.slots ?? []).map(({ startsAt, staffId: by }) => ({ startsAt: Date.parse(startsAt), staffId: by })) : [];
      found.value = answer.ok ? { state: 'found', free: oncePerStart(free) } : { state: 'failed', problem: answer.problem };
    });
    return () => {
      isStale = true;
    };
  }, [serviceId, addOnIds.join(), staffId, from, locationId.value, events]);
  return found.value;
}

/** The first person who is free at each start, among those whose calendars are here. */
function oncePerStart(free: readonly Free[]): readonly Free[] {
  const here = free.filter(({ staffId }) => staffHere.peek().some(({ id }) => id === staffId));
  return [...new Map(here.toReversed().map((slot) => [slot.startsAt, slot])).values()].sort((one, other) => one.startsAt - other.startsAt);
}

type TimesProps = { readonly found: Found; readonly isAnyone: boolean; readonly from: string } & Pick<Asked, 'serviceId' | 'addOnIds'>;

function FreeTimes({ found, serviceId, addOnIds, isAnyone, from }: TimesProps) {
  const open = useSignal('');
  const text = words.value.fresh;
  if (serviceId === '') return <p class="banner">{text.noService}</p>;
  if (found.state === 'loading') return <div class="loading free-loading" aria-busy="true" />;
  if (found.state === 'failed') {
    return (
      <p class="banner danger" role="alert">
        {sentenceOf(found.problem)}
      </p>
    );
  }
  const [first] = found.free;
  if (first === undefined) return <p class="banner">{text.noneFree}</p>;
  const days = Map.groupBy(found.free, ({ startsAt }) => localDate(startsAt, timeZone.value));
  const take = (slot: Free) => takeTime(slot, { serviceId, addOnIds });
  return (
    <>
      <button type="button" class="button primary first-free" onClick={() => take(first)}>
        {text.firstFree({
          when: `${shortDay(first.startsAt, timeZone.value)}, ${clock(first.startsAt, timeZone.value)}${isAnyone ? `, ${firstName(first.staffId)}` : ''}`,
        })}
      </button>
      {Array.from({ length: WEEK_DAYS }, (_, offset) => addDays(from, offset)).map((day) => (
        <DayTimes
          key={day}
          day={day}
          free={days.get(day) ?? []}
          isOpen={open.value === day}
          onOpen={() => (open.value = day)}
          isAnyone={isAnyone}
          onTake={take}
        />
      ))}
    </>
  );
}

type DayProps = {
  readonly day: string;
  readonly free: readonly Free[];
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly isAnyone: boolean;
  readonly onTake: (slot: Free) => void;
};

function DayTimes({ day, free, isOpen, onOpen, isAnyone, onTake }: DayProps) {
  const { weekday, day: number, long } = dayWords(day);
  const text = words.value.fresh;
  const shown = isOpen ? free : free.slice(0, SHOWN_OF_A_DAY);
  return (
    <section class="free-day" aria-label={long}>
      <h3>
        {weekday} {number}
      </h3>
      {free.length === 0 && <p class="soft">{text.nothingFree}</p>}
      <ul>
        {shown.map((slot) => (
          <li key={slot.startsAt}>
            <button type="button" class="button time-chip" onClick={() => onTake(slot)}>
              {clock(slot.startsAt, timeZone.value)}
              <span class="only-heard"> {text.onWith({ day: long })} </span>
              {isAnyone ? <span class="time-who">{firstName(slot.staffId)}</span> : <span class="only-heard">{staffName(slot.staffId)}</span>}
            </button>
          </li>
        ))}
        {shown.length < free.length && (
          <li>
            <button type="button" class="button quiet time-chip" onClick={onOpen}>
              +{free.length - shown.length}
              <span class="only-heard"> {text.moreTimes({ day: long })}</span>
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

function firstName(staffId: string): string {
  return staffName(staffId).split(' ')[0] ?? '';
}

/** On its day, with the form for it. */
function takeTime({ startsAt, staffId }: Free, { serviceId, addOnIds }: Pick<Asked, 'serviceId' | 'addOnIds'>): void {
  const person = staffHere.peek().find(({ id }) => id === staffId);
  if (person === undefined) return;
  lastServiceId.value = serviceId;
  date.value = localDate(startsAt, timeZone.peek());
  look({ kind: 'new', calendarId: person.calendarId, startsAt, serviceId, addOnIds });
}

/** In the toolbar, and `N` from anywhere. */
export function NewButton() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'n' || event.ctrlKey || event.metaKey || event.altKey || isTypedIn(event.target)) return;
      event.preventDefault();
      look({ kind: 'find-time' });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <button type="button" class="button primary" aria-keyshortcuts="N" title={words.value.fresh.shortcut} onClick={() => look({ kind: 'find-time' })}>
      {words.value.fresh.newOne}
    </button>
  );
}

/** A key that is typed into something is no shortcut. */
export function isTypedIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
