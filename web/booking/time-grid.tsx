import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { say } from '../kit/language.ts';
import { clock, dayWords } from '../kit/money-and-time.ts';
import { minuteOfDay } from '../kit/zoned-dates.ts';
import { chooseDate, date, isClosedOn, service, timeZone } from './choosing.ts';
import { daysAhead, nextFreeDate } from './day-counts.ts';
import { freedStarts, listedStarts, offered, returned, startsOfDay, watchProblem } from './free-times.ts';
import { words } from './languages.ts';
import { partOfDay } from './offered-slots.ts';
import { ViewerZone } from './viewer-zone.tsx';

const PARTS = ['morning', 'afternoon', 'evening'] as const;

/** Takes a time; `asking` is the one that is being asked for. */
export type Picking = { readonly asking: number | undefined; readonly pick: (startsAt: number) => void };

/** The free times of the chosen day. One stop for the Tab key; arrow keys move inside. A time that is taken stays where it was. */
export function TimeGrid({ picking }: { readonly picking: Picking }) {
  const grid = useRef<HTMLDivElement>(null);
  const current = useSignal<number | undefined>(undefined);
  const free = startsOfDay.value.map(({ startsAt }) => startsAt);
  const inList = listedStarts.value;
  const stop = free.includes(current.value ?? Number.NaN) ? current.value : free[0];
  useRescuedFocus(grid, free, picking.asking !== undefined);
  if (offered.value === undefined) return watchProblem.value === undefined ? <Waiting /> : null;
  if (inList.length === 0 && free.length === 0) return <NothingFree />;
  const { times } = words.value;
  const partsOf = PARTS.map((part) => ({
    id: `times-${part}`,
    name: times[part],
    starts: inList.filter(({ startsAt }) => partOfDay(minuteOfDay(startsAt, timeZone.value)) === part),
  }));
  const freed = { id: 'times-freed', name: times.freed, starts: freedStarts.value.map((startsAt) => ({ startsAt, isTaken: false })) };
  return (
    <>
      <div
        class="times"
        data-long={clock(inList[0]?.startsAt ?? 0, timeZone.value).length > '12:30'.length || undefined}
        role="toolbar"
        aria-label={times.label}
        aria-orientation="horizontal"
        ref={grid}
        onKeyDown={(event) => moveFocus(grid.current, event)}
      >
        <ViewerZone at={inList[0]?.startsAt ?? free[0] ?? 0} />
        {[...partsOf, freed]
          .filter(({ starts }) => starts.length > 0)
          .map(({ id, name, starts }) => (
            <section key={id} aria-labelledby={id}>
              <h3 id={id}>{name}</h3>
              <ul class="times-row">
                {starts.map(({ startsAt, isTaken }) => (
                  <li key={startsAt}>
                    <Time
                      picking={picking}
                      start={startsAt}
                      isLost={isTaken}
                      isStop={startsAt === stop}
                      onFocus={() => {
                        current.value = startsAt;
                      }}
                    />
                  </li>
                ))}
              </ul>
            </section>
          ))}
      </div>
      {free.length === 0 && <NothingFree />}
    </>
  );
}

type TimeProps = {
  readonly picking: Picking;
  readonly start: number;
  readonly isLost: boolean;
  readonly isStop: boolean;
  readonly onFocus: () => void;
};

function Time({ picking, start, isLost, isStop, onFocus }: TimeProps) {
  const isAsked = picking.asking === start;
  const seatsLeft = (service.value?.capacity ?? 1) > 1 ? startsOfDay.value.find(({ startsAt }) => startsAt === start)?.seatsLeft : undefined;
  return (
    <button
      type="button"
      class="time"
      data-start={start}
      data-lost={isLost || undefined}
      data-back={returned.value.has(start) || undefined}
      aria-busy={isAsked || undefined}
      aria-disabled={isLost || picking.asking !== undefined || undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onClick={() => {
        if (!isLost) picking.pick(start);
      }}
    >
      {clock(start, timeZone.value)}
      {isLost && <span class="only-heard"> {words.value.times.taken}</span>}
      {seatsLeft !== undefined && <span class="seats"> {say(words.value.times.left, { count: seatsLeft })}</span>}
    </button>
  );
}

/** A focused time that leaves the list gives its focus to the nearest one, not to the top of the page. */
function useRescuedFocus(grid: { readonly current: HTMLDivElement | null }, free: readonly number[], isAsking: boolean): void {
  const focused = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const start = focused.current;
    if (start !== undefined && document.activeElement === document.body && free.length > 0 && !isAsking) {
      const nearest = free.reduce((best, other) => (Math.abs(other - start) < Math.abs(best - start) ? other : best));
      grid.current?.querySelector<HTMLElement>(`[data-start="${nearest}"]`)?.focus();
    }
    const active = document.activeElement;
    focused.current = active instanceof HTMLElement && grid.current?.contains(active) ? Number(active.dataset.start) : undefined;
  });
}

/** Left and right are the time before and after; up and down the nearest one in the row above and below, whatever the width. */
function moveFocus(grid: HTMLDivElement | null, event: KeyboardEvent): void {
  const times = [...(grid?.querySelectorAll<HTMLElement>('.time:not([data-lost])') ?? [])];
  const { activeElement } = document;
  const here = activeElement instanceof HTMLElement ? times.indexOf(activeElement) : -1;
  const target = here < 0 ? undefined : neighbour(times, here, inReadingOrder(event.key, grid));
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}

/** In a script that is read from the right, the arrow to the left goes on. */
function inReadingOrder(key: string, element: HTMLElement | null): string {
  if (element === null || getComputedStyle(element).direction === 'ltr') return key;
  return key === 'ArrowLeft' ? 'ArrowRight' : key === 'ArrowRight' ? 'ArrowLeft' : key;
}

function neighbour(times: readonly HTMLElement[], here: number, key: string): HTMLElement | undefined {
  if (key === 'ArrowRight') return times[here + 1];
  if (key === 'ArrowLeft') return times[here - 1];
  if (key === 'Home') return times[0];
  if (key === 'End') return times.at(-1);
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const from = times[here]?.getBoundingClientRect();
  if (from === undefined) return undefined;
  const down = key === 'ArrowDown';
  const beyond = times
    .map((time) => ({ time, box: time.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > from.top + 1 : box.top < from.top - 1));
  const row = down ? Math.min(...beyond.map(({ box }) => box.top)) : Math.max(...beyond.map(({ box }) => box.top));
  const inRow = beyond.filter(({ box }) => Math.abs(box.top - row) < 1);
  return inRow.sort((left, right) => Math.abs(left.box.left - from.left) - Math.abs(right.box.left - from.left))[0]?.time;
}

function NothingFree() {
  const next = nextFreeDate.value;
  const { times } = words.value;
  return (
    <div class="nothing">
      <p>{say(isClosedOn(date.value) ? times.closedOn : times.noneOn, { day: dayWords(date.value).long })}</p>
      {next === undefined ? (
        // Until the days are counted, it is not known.
        daysAhead.value !== undefined && <p class="soft">{times.noneAhead}</p>
      ) : (
        <button type="button" class="button" onClick={() => chooseDate(next)}>
          {say(times.nextDay, { day: dayWords(next).long })}
        </button>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div class="times-row" aria-busy="true">
      <p class="only-heard">{words.value.times.waiting}</p>
      {Array.from({ length: 12 }, (_, place) => (
        <div key={place} class="loading time-waiting" />
      ))}
    </div>
  );
}
