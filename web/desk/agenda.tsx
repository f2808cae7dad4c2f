// The day as a list: everything of everyone, or of one, by time.
import { computed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { serverNow } from '../kit/api.ts';
import { clock } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import { isInFlight } from './acting.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { FromTo } from './claim-item.tsx';
import { serviceColour, serviceName, statusOf, titleOf } from './claim-words.ts';
import { spanWords } from './column.tsx';
import { openings } from './day-layout.ts';
import { HoldRing } from './hold-ring.tsx';
import { look, lookingAt } from './looking-at.ts';
import { followSwipes, PersonSwitch } from './person-switch.tsx';
import { StatusIcon, signOf } from './status-icon.tsx';
import { isPhone, onlyCalendar } from './views.ts';
import { board, boardProblem, columns, date, day, isFirstLook, roomName, rooms, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const NOW_TICK_MILLISECONDS = 20_000;

type Listed = { readonly claim: BoardClaim; readonly who: string };

/** What is on some calendars in a stretch, by time, and at one time in the order of the board. */
const listed = computed<readonly Listed[]>(() => {
  const only = onlyCalendar.value;
  const ofPeople = columns.value.map(({ calendarId, staffName }) => ({ calendarId, who: staffName, has: board.value.calendars.get(calendarId) }));
  // What is in a room is with a person, too.
  const ofRooms = rooms.value.map(({ calendarId, resourceName }) => ({ calendarId, who: resourceName, has: board.value.rooms.get(calendarId) }));
  const all = [...ofPeople, ...ofRooms.filter(({ calendarId }) => calendarId === only)].filter(({ calendarId }) => only === undefined || calendarId === only);
  const { startsAt, endsAt } = day.value;
  return all
    .flatMap(({ who, has }) => [...(has?.claims.values() ?? [])].map((claim) => ({ claim, who })))
    .filter(({ claim }) => claim.startsAt < endsAt && claim.endsAt > startsAt)
    .sort((one, other) => one.claim.startsAt - other.claim.startsAt || one.claim.endsAt - other.claim.endsAt);
});

export function Agenda() {
  useTick(NOW_TICK_MILLISECONDS);
  const frame = useRef<HTMLDivElement>(null);
  const isLoading = isFirstLook.value;
  useEffect(() => (frame.current === null ? undefined : followSwipes(frame.current)), [isLoading]);
  // Today begins at what comes next.
  useEffect(() => {
    if (!isLoading && date.peek() === today()) frame.current?.querySelector('.agenda-now')?.scrollIntoView({ block: 'center' });
  }, [isLoading, date.value]);
  if (isLoading)
    return boardProblem.value === undefined ? <div class="agenda loading" aria-busy="true" role="status" aria-label={words.value.grid.loading} /> : null;
  const now = serverNow();
  const rows = listed.value;
  const next = date.value === today() ? rows.findIndex(({ claim }) => claim.endsAt > now) : -1;
  return (
    <>
      {isPhone.value && <PersonSwitch />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached with the keyboard */}
      <section class="agenda" ref={frame} aria-label={words.value.list.label} tabIndex={0}>
        <AgendaTop />
        {rows.length === 0 && <p class="nothing soft">{words.value.list.nothing}</p>}
        <ol>
          {rows.map(({ claim, who }, index) => (
            <li key={`${claim.id} ${who}`} class={index === next ? 'agenda-now' : undefined} data-over={claim.endsAt <= now || undefined}>
              {index === next && (
                <p class="agenda-time">
                  <span class="only-heard">{words.value.grid.now} </span>
                  {clock(now, timeZone.value)}
                </p>
              )}
              <Row claim={claim} who={who} />
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

/** Who is away, and a way to add something for the one in view. */
function AgendaTop() {
  const only = onlyCalendar.value;
  const column = columns.value.find(({ calendarId }) => calendarId === only);
  const calendar = only === undefined ? undefined : board.value.calendars.get(only);
  return (
    <div class="agenda-top">
      {columns.value.map(({ calendarId, staffName }) => {
        const one = board.value.calendars.get(calendarId);
        if (one === undefined || (only !== undefined && only !== calendarId)) return null;
        const why = awayWords(one);
        return (
          why !== undefined && (
            <p key={calendarId} class="soft">
              {staffName}: {why}
            </p>
          )
        );
      })}
      {column?.presence === 'here' && calendar !== undefined && (
        <button
          type="button"
          class="button"
          onClick={() => look({ kind: 'new', calendarId: calendar.calendarId, startsAt: openings(calendar, day.value)[0]?.startsAt ?? day.value.startsAt })}
        >
          {words.value.grid.newFor({ name: column.staffName })}
        </button>
      )}
    </div>
  );
}

function awayWords(calendar: BoardCalendar): string | undefined {
  const { startsAt, endsAt } = day.value;
  const off = calendar.hours.timeOff.filter((one) => one.startsAt < endsAt && one.endsAt > startsAt);
  if (off.length > 0) return off.map((one) => `${one.reason ?? words.value.list.timeOff}, ${spanWords(one, day.value)}`).join('; ');
  return openings(calendar, day.value).length === 0 ? words.value.list.off : undefined;
}

function Row({ claim, who }: Listed) {
  const sign = signOf(claim);
  const room = claim.resourceId === undefined ? undefined : roomName(claim.resourceId);
  const isLookedAt = lookingAt.value?.kind === 'claim' && lookingAt.value.claimId === claim.id;
  const isRoomsBlock = claim.kind === 'block' && rooms.value.some(({ calendarId }) => calendarId === onlyCalendar.value);
  return (
    <button
      type="button"
      class="agenda-row"
      style={{ '--service': serviceColour(claim) }}
      data-kind={claim.kind}
      data-status={claim.status ?? undefined}
      data-flying={isInFlight(claim.id) || undefined}
      aria-current={isLookedAt || undefined}
      aria-disabled={isRoomsBlock || undefined}
      onClick={() => !isRoomsBlock && look({ kind: 'claim', claimId: claim.id })}
    >
      <span class="agenda-from">
        <FromTo span={claim} />
      </span>
      <span class="agenda-what">
        <span class="agenda-title">{titleOf(claim)}</span>
        <span class="soft">
          {[
            claim.kind === 'block' ? undefined : serviceName(claim),
            claim.seats > 1 ? words.value.count.seats({ count: claim.seats }) : undefined,
            isPhone.value ? who : undefined,
            room,
          ]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </span>
      </span>
      {!isPhone.value && <span class="agenda-who">{who}</span>}
      <span class="agenda-status">
        {claim.kind === 'hold' && <HoldRing claim={claim} />}
        {sign !== undefined && <StatusIcon sign={sign} />}
        <span>{statusOf(claim)}</span>
      </span>
    </button>
  );
}
