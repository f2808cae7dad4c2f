import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { serverNow } from '../kit/api.ts';
import { clock, clockRange, dayWords, shortDay } from '../kit/money-and-time.ts';
import { session } from '../kit/session.ts';
import { openShop } from '../kit/shop.ts';
import { doingWords, inFlight } from './acting.ts';
import type { BoardCalendar, BoardClaim, Span } from './board.ts';
import { ClaimItem, stopOf } from './claim-item.tsx';
import { type DeskCommand, placeOf } from './commands.ts';
import { type Day, drawnPart, layOut, openings } from './day-layout.ts';
import { timeAt } from './dragging.ts';
import { look } from './looking-at.ts';
import { dragTo, fits, type Moving, moving, putDown } from './moving.ts';
import { dropped } from './telling.tsx';
import { onlyCalendar, type Stretch, shownDays } from './views.ts';
import { type Column as ColumnOf, date, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const MINUTE = 60_000;
const NEW_STEP = 15 * MINUTE;
const hover = signal<{ readonly calendarId: string; readonly at: number } | undefined>(undefined);

type ColumnProps = {
  readonly column: ColumnOf;
  readonly calendar: BoardCalendar;
  /** The first of several on its day. */
  readonly isFirst?: boolean | undefined;
} & Stretch;

/** One person's day: a list of what is in it, drawn as a column. */
export function Column({ column, calendar, isFirst, day, stretch }: ColumnProps) {
  const placed = layOut([...calendar.claims.values()].filter((claim) => drawnPart(claim, stretch) !== undefined));
  const appointments = placed.filter(({ claim }) => claim.kind === 'appointment').length;
  const { calendarId } = calendar;
  const { staffId, staffName, presence } = column;
  const worksHere = presence === 'here';
  const id = shownDays.value.length === 1 ? `of-${staffId}` : `of-${staffId}-${day.date}`;
  const stop = stopOf(
    placed.map(({ claim }) => claim),
    calendarId,
    day,
  );
  const startNew = (startsAt: number) => {
    date.value = day.date;
    look({ kind: 'new', calendarId, startsAt });
  };
  return (
    <section class="column" aria-labelledby={id} data-presence={presence} data-today={day.date === today() || undefined} data-first={isFirst}>
      <header class="column-top">
        <ColumnTitle id={id} name={staffName} day={day}>
          {worksHere ? contentWords(calendar, day, appointments) : presenceWords(presence)}
        </ColumnTitle>
        {worksHere && <ColumnActions column={column} calendar={calendar} day={day} stretch={stretch} onNew={startNew} />}
      </header>
      {/* biome-ignore lint/a11y: a pointer's shortcut for the button above, which everybody else uses */}
      <div
        class="column-body"
        data-calendar={calendarId}
        data-starts-at={stretch.startsAt}
        data-ends-at={stretch.endsAt}
        onClick={(event) => {
          if (moving.value?.by === 'keyboard') dropAt(event, calendarId);
          else if (worksHere && isFree(event)) startNew(quarterAt(event));
        }}
        onPointerMove={(event) => {
          hover.value = worksHere && isFree(event) && event.pointerType === 'mouse' ? { calendarId, at: quarterAt(event) } : undefined;
        }}
        onPointerLeave={() => {
          hover.value = undefined;
        }}
      >
        <Background calendar={calendar} day={day} stretch={stretch} />
        <Buffers claims={placed.map(({ claim }) => claim)} stretch={stretch} />
        <ol>
          {placed.map(({ claim, place, places }) => (
            <ClaimItem key={claim.id} claim={claim} calendar={calendar} day={day} stretch={stretch} place={place} places={places} isStop={claim.id === stop} />
          ))}
        </ol>
        <Ghosts calendarId={calendarId} stretch={stretch} />
      </div>
    </section>
  );
}

/** Whose day it is, or which day of the one who is in view. */
export function ColumnTitle({
  id,
  name,
  day,
  children,
}: {
  readonly id: string;
  readonly name: string;
  readonly day: Day;
  readonly children: ComponentChildren;
}) {
  const { weekday, day: number } = dayWords(day.date);
  const dayName = shownDays.value.length > 1 ? `${weekday} ${number}` : undefined;
  const isOfOne = onlyCalendar.value !== undefined;
  return (
    <div>
      <h2 id={id}>
        <span class={dayName !== undefined && isOfOne ? 'only-heard' : undefined}>{name}</span>
        {dayName !== undefined && <span class={isOfOne ? undefined : 'only-heard'}> {dayName}</span>}
      </h2>
      <p class="soft">
        {dayName !== undefined && !isOfOne && `${dayName} · `}
        {children}
      </p>
    </div>
  );
}

/** The time that services keep free around their appointments, as the catalog has it now. */
function Buffers({ claims, stretch }: { readonly claims: readonly BoardClaim[]; readonly stretch: Span }) {
  const { services } = openShop();
  return (
    <>
      {claims.map(({ id, serviceId, startsAt, endsAt }) => {
        const service = serviceId === null ? undefined : services.find((one) => one.id === serviceId);
        if (service === undefined) return null;
        const [from, to] = [startsAt - service.bufferBeforeMinutes * MINUTE, endsAt + service.bufferAfterMinutes * MINUTE];
        return (
          <>
            {from < startsAt && <Stripe key={`before ${id}`} span={{ startsAt: from, endsAt: startsAt }} stretch={stretch} class="buffer" />}
            {to > endsAt && <Stripe key={`after ${id}`} span={{ startsAt: endsAt, endsAt: to }} stretch={stretch} class="buffer" />}
          </>
        );
      })}
    </>
  );
}

type ActionsProps = ColumnProps & { readonly onNew: (startsAt: number) => void };

function ColumnActions({ column: { staffName }, calendar, day, stretch, onNew }: ActionsProps) {
  const isOneDay = shownDays.value.length === 1;
  const text = words.value.grid;
  const newWords = isOneDay ? text.newFor({ name: staffName }) : text.newForOn({ name: staffName, day: shortDay(day.startsAt, timeZone.value) });
  return (
    <>
      {isOneDay && openings(calendar, day).length > 0 && day.date >= today() && mayMarkAway() && (
        <button
          type="button"
          class="button icon quiet ill"
          aria-label={text.isIll({ name: staffName })}
          title={text.illToday}
          onClick={() => look({ kind: 'away', calendarId: calendar.calendarId })}
        >
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <path d="M8 4.5a2 2 0 0 1 4 0v6.6a3.5 3.5 0 1 1-4 0zM10 8v5" />
          </svg>
        </button>
      )}
      <button type="button" class="button icon quiet" aria-label={newWords} onClick={() => onNew(firstFree(calendar, stretch))}>
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <path d="M10 4v12M4 10h12" />
        </svg>
      </button>
    </>
  );
}

/** The server says so, too; staff see their own column only. */
function mayMarkAway(): boolean {
  const now = session.value;
  return now.state === 'in' && now.user.role !== 'staff';
}

/** Why staff who do not work here have a column. */
function presenceWords(presence: 'moved' | 'left'): string {
  return presence === 'moved' ? words.value.grid.movedAway : words.value.grid.left;
}

function contentWords(calendar: BoardCalendar, day: Day, appointments: number): string {
  return appointments === 0 && openings(calendar, day).length === 0 ? words.value.grid.off : countWords(appointments);
}

export function countWords(appointments: number): string {
  return appointments === 0 ? words.value.grid.nothing : words.value.count.appointments({ count: appointments });
}

export function Background({ calendar, day, stretch }: { readonly calendar: Pick<BoardCalendar, 'hours'> } & Stretch) {
  const { windows, timeOff, external } = calendar.hours;
  const text = words.value.grid;
  return (
    <>
      {windows.map((window) => (
        <Stripe key={window.startsAt} span={window} stretch={stretch} class="open" />
      ))}
      {timeOff.map((off) => (
        <Stripe key={off.id} span={off} stretch={stretch} class="time-off" words={`${off.reason ?? text.timeOff}, ${spanWords(off, day)}`} />
      ))}
      {external.map((busy) => (
        <Stripe key={`busy ${busy.startsAt}`} span={busy} stretch={stretch} class="external" words={`${text.elsewhere}, ${spanWords(busy, day)}`} />
      ))}
    </>
  );
}

/** How much of the day it takes: its own beginning and end may be days away. */
export function spanWords(off: Span, { startsAt, endsAt }: Span): string {
  const [fromBefore, toAfter] = [off.startsAt <= startsAt, off.endsAt >= endsAt];
  if (fromBefore && toAfter) return words.value.grid.allDay;
  if (fromBefore) return words.value.grid.until({ time: clock(off.endsAt, timeZone.value) });
  return toAfter ? words.value.grid.from({ time: clock(off.startsAt, timeZone.value) }) : clockRange(off.startsAt, off.endsAt, timeZone.value);
}

type StripeProps = { readonly span: Span; readonly stretch: Span; readonly class: string; readonly words?: string; readonly fit?: boolean | undefined };

function Stripe({ span, stretch, class: name, words: said, fit }: StripeProps) {
  const part = drawnPart(span, stretch);
  if (part === undefined) return null;
  return (
    <div class={name} data-fit={fit} style={{ top: `calc(var(--minute) * ${part.top})`, height: `calc(var(--minute) * ${part.height})` }}>
      {said !== undefined && <span>{said}</span>}
    </div>
  );
}

/** Whether it takes time: what only leaves it has none to draw. */
function isPlacing(command: DeskCommand): boolean {
  return command.type === 'book' || command.type === 'move' || command.type === 'block' || command.type === 'move-block';
}

/** Commands in flight, what is being moved, the time under the pointer. */
function Ghosts({ calendarId, stretch }: { readonly calendarId: string; readonly stretch: Span }) {
  const mover = moving.value;
  const asked = dropped.value;
  const text = words.value.grid;
  return (
    <>
      {inFlight.value
        .filter(({ command }) => placeOf(command).calendarId === calendarId && isPlacing(command))
        .map(({ writing, command }) => (
          <Stripe
            key={writing}
            span={placeOf(command).at}
            stretch={stretch}
            class="ghost flying"
            words={(writing.state.value === 'unsure' ? text.inDoubt : text.inFlight)({ doing: doingWords(command) })}
          />
        ))}
      {asked !== undefined && placeOf(asked).calendarId === calendarId && (
        <Stripe
          span={placeOf(asked).at}
          stretch={stretch}
          class="ghost"
          words={clockRange(placeOf(asked).at.startsAt, placeOf(asked).at.endsAt, timeZone.value)}
        />
      )}
      {mover !== undefined && mover.over === undefined && mover.to.calendarId === calendarId && (
        <Stripe span={mover} stretch={stretch} class="ghost" fit={fits(mover)} words={moverWords(mover)} />
      )}
      {mover === undefined && hover.value?.calendarId === calendarId && (
        <Stripe
          span={{ startsAt: hover.value.at, endsAt: hover.value.at + NEW_STEP }}
          stretch={stretch}
          class="hint"
          words={`+ ${clock(hover.value.at, timeZone.value)}`}
        />
      )}
    </>
  );
}

function moverWords(mover: Moving): string {
  const time = mover.isResized ? clockRange(mover.startsAt, mover.endsAt, timeZone.value) : clock(mover.startsAt, timeZone.value);
  return fits(mover) === false ? words.value.grid.notFree({ time }) : time;
}

/** What was picked up with a key, or from the shelf, is dropped where the day is pressed. */
function dropAt(event: MouseEvent, calendarId: string): void {
  dragTo(calendarId, quarterAt(event));
  putDown();
}

function isFree(event: Event): boolean {
  return event.target instanceof HTMLElement && event.target.closest('.claim') === null && moving.value === undefined;
}

function quarterAt(event: MouseEvent): number {
  return event.currentTarget instanceof HTMLElement ? Math.floor(timeAt(event.currentTarget, event.clientY) / NEW_STEP) * NEW_STEP : 0;
}

/** The default start of a new appointment: now, or the first free quarter of an hour. */
function firstFree(calendar: BoardCalendar, stretch: Span): number {
  const claims = [...calendar.claims.values()];
  const from = Math.max(stretch.startsAt, Math.ceil(serverNow() / NEW_STEP) * NEW_STEP);
  for (let at = from; at < stretch.endsAt; at += NEW_STEP) {
    const isOpen = calendar.hours.windows.some((window) => window.startsAt <= at && at < window.endsAt);
    if (isOpen && !claims.some((claim) => claim.startsAt < at + NEW_STEP && claim.endsAt > at)) return at;
  }
  return stretch.startsAt;
}
