// Public holidays of a location: it is closed on those that are ticked, and the others stay as they are.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PublicHoliday, PublicHolidaysReply } from '../../../src/protocol/holidays.ts';
import { query } from '../../kit/api.ts';
import { language } from '../../kit/language.ts';
import { dayWords } from '../../kit/money-and-time.ts';
import { Read } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import type { Loading } from '../../kit/shop.ts';
import { weekdayOf } from '../../kit/zoned-dates.ts';
import { hrefOf } from '../places.ts';
import { type Change, dayState, holidaysChange, type Whose } from './whose.ts';
import { DAYS, windowWords } from './windows.ts';

/** As far as the server knows them. */
const YEARS = 3;

type HolidaysProps = {
  readonly whose: Whose;
  readonly today: string;
  /** While a plan is shown, what is ticked is kept. */
  readonly isHidden: boolean;
  readonly onAsk: (change: Change) => void;
  readonly onClose: () => void;
};

export function Holidays({ isHidden, ...props }: HolidaysProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isHidden) heading.current?.focus();
  }, [isHidden]);
  const { location } = props.whose;
  return (
    <section class="card panel-card" aria-labelledby="holidays-heading" hidden={isHidden}>
      <h2 id="holidays-heading" ref={heading} tabIndex={-1}>
        Public holidays
      </h2>
      {location.country === null ? (
        <>
          <p>
            The country of {location.name} is not known. <a href={hrefOf('settings', 'location', location.id)}>Set it</a> to see its holidays here.
          </p>
          <div class="actions">
            <button type="button" class="button" onClick={props.onClose}>
              Done
            </button>
          </div>
        </>
      ) : (
        <OfCountry key={location.country} {...props} />
      )}
    </section>
  );
}

/** What was chosen last in this browser, for each location. */
const regionKeyOf = ({ id, location }: Whose) => `holidays-region ${id} ${location.country}`;

function OfCountry({ whose, today, onAsk, onClose }: Omit<HolidaysProps, 'isHidden'>) {
  const thisYear = Number(today.slice(0, 4));
  const year = useSignal(thisYear);
  const region = useSignal(localStorage.getItem(regionKeyOf(whose)) ?? '');
  const regions = useSignal<PublicHolidaysReply['regions']>([]);
  const listed = useSignal<Loading<PublicHolidaysReply>>({ state: 'loading' });
  const ticks = useSignal<Ticks>({});
  const load = async () => {
    const asked = { year: year.value, region: region.value === '' ? undefined : region.value, language: language.value };
    const answer = await askAs<PublicHolidaysReply>('GET', `/v1/locations/${whose.id}/holidays${query(asked)}`);
    // Another year or region has been chosen meanwhile.
    if (asked.year !== year.peek() || (asked.region ?? '') !== region.peek()) return;
    listed.value = answer.ok ? { state: 'ready', value: answer.body } : { state: 'failed', problem: answer.problem };
    if (answer.ok) regions.value = answer.body.regions;
    // The country has no such region any more.
    else if (answer.problem.code === 'invalid-request' && region.peek() !== '') chooseRegion('');
  };
  const chooseRegion = (code: string) => {
    region.value = code;
    localStorage.setItem(regionKeyOf(whose), code);
  };
  useEffect(() => void load(), [year.value, region.value]);
  return (
    <>
      <div class="chosen-dates">
        {regions.value.length > 0 && (
          <div class="field">
            <label for="holidays-region">Region</label>
            <select
              id="holidays-region"
              value={region.value}
              onChange={(event) => {
                chooseRegion(event.currentTarget.value);
              }}
            >
              <option value="">The whole country</option>
              {regions.value.map(({ code, name }) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        )}
        <div class="field">
          <label for="holidays-year">Year</label>
          <select
            id="holidays-year"
            value={year.value}
            onChange={(event) => {
              year.value = Number(event.currentTarget.value);
            }}
          >
            {Array.from({ length: YEARS }, (_, index) => (
              <option key={index} value={thisYear + index}>
                {thisYear + index}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Read reading={{ state: listed.value, again: load }}>
        {({ items, year: shown }) => (
          <Days
            {...{ whose, shown, onAsk, onClose, ticks: ticks.value, days: byDate(items, today) }}
            onTick={(next) => {
              ticks.value = next;
            }}
          />
        )}
      </Read>
    </>
  );
}

/** What was ticked or not by hand. */
type Ticks = { readonly [date: string]: boolean };
type Day = { readonly date: string; readonly holidays: readonly PublicHoliday[] };

function byDate(items: readonly PublicHoliday[], today: string): readonly Day[] {
  return [...Map.groupBy(items, ({ date }) => date)].map(([date, holidays]) => ({ date, holidays })).filter(({ date }) => date >= today);
}

type DaysProps = {
  readonly whose: Whose;
  readonly shown: number;
  readonly days: readonly Day[];
  readonly ticks: Ticks;
  readonly onTick: (ticks: Ticks) => void;
  readonly onAsk: (change: Change) => void;
  readonly onClose: () => void;
};

function Days({ whose, shown, days, ticks, onTick, onAsk, onClose }: DaysProps) {
  const stateOf = (date: string) => dayState(whose, date, DAYS[weekdayOf(date)] ?? 'monday');
  // A day with hours of its own was thought about already, and an afternoon is not a whole day.
  const isTicked = ({ date, holidays }: Day) => ticks[date] ?? (stateOf(date) === 'open' && holidays.some(({ from }) => from === null));
  const chosen = days.filter((day) => stateOf(day.date) !== 'closed' && isTicked(day)).map(({ date }) => date);
  const special: Partial<Record<ReturnType<typeof stateOf>, (date: string) => string>> = {
    closed: () => 'closed already',
    shut: () => 'closed every week',
    special: (date) => `open ${windowWords(whose.dates[date] ?? [])}`,
  };
  return (
    <>
      {days.length === 0 && <p class="soft">No public holiday of {shown} is ahead.</p>}
      {days.length > 0 && (
        <fieldset class="holidays">
          <legend class="soft">{whose.name} closes on those that are ticked. The others stay as they are.</legend>
          {days.map((day) => {
            const { date, holidays } = day;
            const state = stateOf(date);
            return (
              <label key={date} class="check holiday">
                <input
                  type="checkbox"
                  checked={state === 'closed' || isTicked(day)}
                  disabled={state === 'closed'}
                  onChange={(event) => onTick({ ...ticks, [date]: event.currentTarget.checked })}
                />
                <span class="holiday-date">{dayWords(date).long}</span>
                <span>{holidays.map(({ name, from }) => (from === null ? name : `${name}, from ${from}`)).join('; ')}</span>
                <span class="soft">{special[state]?.(date)}</span>
              </label>
            );
          })}
        </fieldset>
      )}
      <div class="actions">
        <button type="button" class="button primary" disabled={chosen.length === 0} onClick={() => onAsk(holidaysChange(whose, chosen))}>
          Close these days…
        </button>
        <button type="button" class="button" onClick={onClose}>
          Done
        </button>
      </div>
    </>
  );
}
