import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { live } from '../../bell/notified.ts';
import { serverNow } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { dayWords, monthOf, shortDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { addDays, localDate } from '../../kit/zoned-dates.ts';
import { loadCatalog, openCatalog } from '../catalog.ts';
import { Head } from '../head.tsx';
import { tell } from '../notice.tsx';
import { go, type TabProps } from '../places.ts';
import { change } from '../writes.ts';
import { Holidays } from './holidays.tsx';
import { PlanCard } from './plan.tsx';
import { TimeOffRequests } from './time-off-requests.tsx';
import { WeekHours } from './week.tsx';
import {
  allOf,
  type Change,
  closingChange,
  datesOf,
  offOn,
  openingChange,
  pathOfTimeOff,
  type Span,
  specialChange,
  type TimeOff,
  type Whose,
  weeklyChange,
} from './whose.ts';
import { type Week, weeklyOf, weekOf } from './windows.ts';
import { Year } from './year.tsx';

const TAB = 'hours';

export function HoursTab({ path: [id], user }: TabProps) {
  const isMine = ({ location }: Whose) => user.locationId === null || user.role === 'owner' || location.id === user.locationId;
  const all = allOf(openCatalog()).filter(isMine);
  const whose = all.find((one) => one.id === id) ?? all[0];
  if (whose === undefined)
    return (
      <>
        <Head title="Calendar hours" />
        <p class="banner">There is no location yet.</p>
      </>
    );
  return (
    <>
      <Head title="Calendar hours" lead="When you are open, and who is there. What is booked is shown before anything is changed.">
        <WhoseChoice all={all} whose={whose} />
      </Head>
      <TimeOffRequests />
      <Hours key={whose.id} whose={whose} people={all.filter((one) => one.kind !== 'location' && one.location.id === whose.id)} />
    </>
  );
}

function WhoseChoice({ all, whose }: { readonly all: readonly Whose[]; readonly whose: Whose }) {
  const places = all.filter(({ kind }) => kind === 'location');
  const optionOf = ({ id, name }: Whose) => (
    <option key={id} value={id}>
      {name}
    </option>
  );
  return (
    <div class="field whose">
      <label for="whose">Hours of</label>
      <select id="whose" value={whose.id} onChange={(event) => go(TAB, event.currentTarget.value)}>
        {places.map((place) => (
          <optgroup key={place.id} label={place.name}>
            <option value={place.id}>{place.name}: opening hours</option>
            {all.filter(({ kind, location }) => kind !== 'location' && location.id === place.id).map(optionOf)}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

function Hours({ whose, people }: { readonly whose: Whose; readonly people: readonly Whose[] }) {
  const planned = useSignal<Change | undefined>(undefined);
  const draft = useSignal<Week | undefined>(undefined);
  const chosen = useSignal<Span | undefined>(undefined);
  const asked = useRef<Span>(undefined);
  const isListing = useSignal(false);
  const today = localDate(serverNow(), whose.timeZone);
  useLiveHours(whose.location.id, today);
  const ask = (next: Change) => {
    asked.current = chosen.peek();
    planned.value = next;
  };
  const isLocked = planned.value !== undefined;
  const done = () => {
    planned.value = undefined;
    draft.value = undefined;
    // Days that were chosen meanwhile are for the next change.
    if (chosen.peek() === asked.current) chosen.value = undefined;
  };
  return (
    <>
      <WeekCard {...{ whose, draft, isLocked }} onAsk={ask} />
      <section class="card panel-card" aria-labelledby="year-heading">
        <h2 id="year-heading">The next twelve months</h2>
        <p class="soft">Press a day, or drag over several.</p>
        <Year {...{ whose, people, today, chosen }} />
        <Legend isLocation={whose.kind === 'location'} />
        {whose.kind === 'location' && !isListing.value && (
          <div class="actions">
            <button
              type="button"
              class="button"
              onClick={() => {
                isListing.value = true;
              }}
            >
              Public holidays…
            </button>
          </div>
        )}
        {chosen.value !== undefined && !isLocked && (
          <ChosenDays
            key={`${chosen.value.from} ${chosen.value.to}`}
            whose={whose}
            span={chosen.value}
            onSpan={(span) => {
              chosen.value = span;
            }}
            onAsk={ask}
          />
        )}
      </section>
      {isListing.value && (
        <Holidays
          {...{ whose, today, isHidden: isLocked }}
          onAsk={ask}
          onClose={() => {
            isListing.value = false;
          }}
        />
      )}
      {planned.value !== undefined && (
        <PlanCard
          key={JSON.stringify(planned.value)}
          whose={whose}
          planned={planned.value}
          onDone={done}
          onClose={() => {
            planned.value = undefined;
          }}
        />
      )}
    </>
  );
}

type WeekCardProps = {
  readonly whose: Whose;
  /** What is not saved yet. */
  readonly draft: Signal<Week | undefined>;
  readonly isLocked: boolean;
  readonly onAsk: (change: Change) => void;
};

function WeekCard({ whose, draft, isLocked, onAsk }: WeekCardProps) {
  const isOfLocation = whose.weekly === null;
  const week = draft.value ?? weekOf(whose.weekly ?? whose.location.weekly);
  const isChanged = draft.value !== undefined && JSON.stringify(weeklyOf(draft.value)) !== JSON.stringify(whose.weekly);
  return (
    <section class="card panel-card" aria-labelledby="week-heading">
      <h2 id="week-heading">Every week</h2>
      {isOfLocation && draft.value === undefined && (
        <p class="soft">
          {whose.name} has the hours of {whose.location.name}. What you change here is for {whose.name} alone.
        </p>
      )}
      <WeekHours
        week={week}
        isLocked={isLocked}
        onChange={(next) => {
          draft.value = next;
        }}
      />
      <div class="actions">
        {isChanged && !isLocked && (
          <>
            <button type="button" class="button primary" onClick={() => onAsk(weeklyChange(whose, weeklyOf(week)))}>
              Save the week…
            </button>
            <button
              type="button"
              class="button"
              onClick={() => {
                draft.value = undefined;
              }}
            >
              As it was
            </button>
          </>
        )}
        {whose.kind !== 'location' && !isOfLocation && !isChanged && !isLocked && (
          <button type="button" class="button quiet" onClick={() => onAsk(weeklyChange(whose, null))}>
            Use the hours of {whose.location.name}…
          </button>
        )}
      </div>
    </section>
  );
}

function Legend({ isLocation }: { readonly isLocation: boolean }) {
  return (
    <ul class="year-legend">
      <li data-state="closed">closed</li>
      <li data-state="special">other hours</li>
      {!isLocation && <li data-state="away">away</li>}
      <li data-state="shut">closed every week</li>
      {isLocation && <li data-state="dot">someone is away</li>}
    </ul>
  );
}

type ChosenProps = { readonly whose: Whose; readonly span: Span; readonly onSpan: (span: Span) => void; readonly onAsk: (change: Change) => void };

function ChosenDays({ whose, span, onSpan, onAsk }: ChosenProps) {
  const special = useSignal({ from: '10:00', to: '14:00' });
  const isSpecial = useSignal(false);
  const words = spanWords(span);
  const opening = openingChange(whose, span, words);
  const isOneDay = span.from === span.to;
  const off = new Map(datesOf(span).flatMap((date) => offOn(whose, date).map((one) => [one.id, one] as const)));
  const isLocation = whose.kind === 'location';
  return (
    <div class="chosen">
      <p class="chosen-words" aria-live="polite">
        {words.charAt(0).toUpperCase() + words.slice(1)}
      </p>
      <div class="chosen-dates">
        <DateField id="chosen-from" label="First day" value={span.from} onChange={(from) => onSpan({ from, to: from > span.to ? from : span.to })} />
        <DateField id="chosen-to" label="Last day" value={span.to} onChange={(to) => onSpan({ from: to < span.from ? to : span.from, to })} />
      </div>
      {[...off.values()].map((one) => (
        <Away key={one.id} whose={whose} off={one} />
      ))}
      <div class="actions">
        <button type="button" class="button primary" onClick={() => onAsk(closingChange(whose, span, words))}>
          {isLocation ? 'Close…' : 'Mark as away…'}
        </button>
        {(isLocation || isOneDay) && (
          <button
            type="button"
            class="button"
            aria-expanded={isSpecial.value}
            onClick={() => {
              isSpecial.value = !isSpecial.value;
            }}
          >
            Other hours
          </button>
        )}
        {opening !== undefined && (isLocation || isOneDay) && (
          <button type="button" class="button" onClick={() => onAsk(opening)}>
            Open as usual…
          </button>
        )}
      </div>
      {isSpecial.value && (
        <div class="chosen-dates">
          {(['from', 'to'] as const).map((side) => (
            <div key={side} class="field">
              <label for={`special-${side}`}>{side === 'from' ? 'From' : 'To'}</label>
              <input
                id={`special-${side}`}
                type="time"
                value={special.value[side]}
                onChange={(event) => {
                  special.value = { ...special.value, [side]: event.currentTarget.value };
                }}
              />
            </div>
          ))}
          <button
            type="button"
            class="button"
            disabled={special.value.from >= special.value.to}
            onClick={() => onAsk(specialChange(whose, span, special.value, words))}
          >
            Set these hours…
          </button>
        </div>
      )}
    </div>
  );
}

function DateField({
  id,
  label,
  value,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (date: string) => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="date"
        value={value}
        onChange={({ currentTarget: { value: typed } }) => {
          if (typed !== '') onChange(typed);
        }}
      />
    </div>
  );
}

/** Time off ends when it is removed; nothing that is booked depends on that. */
function Away({ whose, off }: { readonly whose: Whose; readonly off: TimeOff }) {
  const isAsked = useSignal(false);
  const [from, to] = [Date.parse(off.startsAt), Date.parse(off.endsAt) - 1].map((at) => shortDay(at, whose.timeZone));
  const remove = async () => {
    const answer = await change('DELETE', pathOfTimeOff(whose, off), undefined, whose.version);
    tell(answer.ok ? `${whose.name} is there again.` : sentenceOf(answer.problem));
    await loadCatalog();
  };
  return (
    <p class="chosen-off">
      Away {from === to ? from : `${from} – ${to}`}
      {off.reason !== null && `: ${off.reason}`}
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Remove…
      </button>
      {isAsked.value && (
        <AskFirst
          title={`Is ${whose.name} there after all?`}
          confirm="Remove the time off"
          keep="Keep"
          onConfirm={() => void remove()}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <p>These days can be booked again.</p>
        </AskFirst>
      )}
    </p>
  );
}

/** "on Thursday, 24 December", "from 23 December to 2 January 2027" */
function spanWords({ from, to }: Span): string {
  const long = (date: string, isWithYear: boolean) => `${dayWords(date).day} ${isWithYear ? monthOf(date) : monthOf(date).replace(/\s*\d{4}$/, '')}`;
  return from === to ? `on ${dayWords(from).long}` : `from ${long(from, from.slice(0, 4) !== to.slice(0, 4))} to ${long(to, true)}`;
}

/** By a plan the calendars have new hours first, and their location a moment later. */
const LOCATION_FOLLOWS_MILLISECONDS = 1_500;
type Changed = { readonly calendarId: string; readonly revision: number; readonly hours?: unknown };

/** What others change is shown as soon as it is. */
function useLiveHours(locationId: string, today: string): void {
  useEffect(() => {
    const known = new Map<string, number>();
    return live.watch<{ readonly calendars: readonly Changed[] }, Changed>({
      name: 'watch-board',
      body: () => ({ locationId, from: today, to: addDays(today, 1) }),
      onSnapshot: ({ calendars }) => {
        for (const { calendarId, revision } of calendars) known.set(calendarId, revision);
        void loadCatalog();
      },
      onChange: ({ calendarId, revision, hours }) => {
        known.set(calendarId, revision);
        if (hours !== undefined) {
          void loadCatalog();
          setTimeout(() => void loadCatalog(), LOCATION_FOLLOWS_MILLISECONDS);
        }
        return 'applied';
      },
      onRefused: () => undefined,
      isBehind: ({ revisions }) => [...known].some(([id, revision]) => (revisions[id] ?? revision) > revision),
    });
  }, [locationId]);
}
