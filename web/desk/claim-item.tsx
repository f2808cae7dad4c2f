import { signal } from '@preact/signals';
import { clock } from '../kit/money-and-time.ts';
import { isInFlight } from './acting.ts';
import type { BoardCalendar, BoardClaim, Span } from './board.ts';
import { serviceName, statusOf, titleOf } from './claim-words.ts';
import { drawnPart } from './day-layout.ts';
import { followPointer } from './dragging.ts';
import { HoldRing } from './hold-ring.tsx';
import { look, lookingAt } from './looking-at.ts';
import { canMove, leaveWhereItWas, moving, nudge, pickUp, putDown } from './moving.ts';
import { arrived, roomName, timeZone } from './watching.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar; readonly stretch: Span; readonly place: number; readonly places: number };

/** The claim of each column that the Tab key stops at; arrow keys reach the others. */
const stops = signal<ReadonlyMap<string, string>>(new Map());
/** Minutes under which a claim has room for one line only. */
const ONE_LINE_MINUTES = 30;

export function ClaimItem({ claim, calendar, stretch, place, places }: Props) {
  const part = drawnPart(claim, stretch);
  if (part === undefined) return null;
  const { top, height } = part;
  return (
    <li
      style={{ top: `calc(var(--minute) * ${top})`, height: `calc(var(--minute) * ${height})`, left: `${(place / places) * 100}%`, width: `${100 / places}%` }}
    >
      <button
        type="button"
        class="claim"
        id={`claim-${claim.id}`}
        data-kind={claim.kind}
        data-status={claim.status ?? undefined}
        data-short={height < ONE_LINE_MINUTES || undefined}
        data-arrived={arrived.value.has(claim.id) || undefined}
        data-moving={moving.value?.claim.id === claim.id || undefined}
        data-flying={isInFlight(claim.id) || undefined}
        aria-busy={isInFlight(claim.id) || undefined}
        aria-current={(lookingAt.value?.kind === 'claim' && lookingAt.value.claimId === claim.id) || undefined}
        tabIndex={isStop(claim, calendar) ? 0 : -1}
        onFocus={() => {
          stops.value = new Map(stops.value).set(calendar.calendarId, claim.id);
        }}
        onClick={() => look({ kind: 'claim', claimId: claim.id })}
        onKeyDown={(event) => onKey(event, claim, calendar)}
        onPointerDown={(event) => followPointer(event, claim, calendar, stretch)}
      >
        <Words claim={claim} />
      </button>
    </li>
  );
}

/** What is seen, with what only has to be heard in between: "Mia Berg 10:00 to 10:45 · Haircut, booked". */
function Words({ claim }: { readonly claim: BoardClaim }) {
  return (
    <>
      <span class="claim-title">
        {claim.kind === 'hold' && <HoldRing claim={claim} />}
        <span class="claim-name">{titleOf(claim)}</span>
      </span>
      <span class="claim-rest">
        {' '}
        {clock(claim.startsAt, timeZone.value)}
        <span class={claim.kind === 'block' ? undefined : 'only-heard'}> to {clock(claim.endsAt, timeZone.value)}</span>
        {claim.kind !== 'block' && serviceName(claim) !== undefined && ` · ${serviceName(claim)}`}
        {claim.resourceId !== undefined && roomName(claim.resourceId) !== undefined && ` · ${roomName(claim.resourceId)}`}
        {claim.seats > 1 && ` · ${claim.seats} seats`}
      </span>
      <span class="only-heard">, {statusOf(claim)}</span>
    </>
  );
}

function isStop(claim: BoardClaim, calendar: BoardCalendar): boolean {
  const chosen = stops.value.get(calendar.calendarId);
  if (chosen !== undefined && calendar.claims.has(chosen)) return chosen === claim.id;
  return [...calendar.claims.values()].every((other) => other.startsAt > claim.startsAt || (other.startsAt === claim.startsAt && other.id >= claim.id));
}

/** Arrow keys go from claim to claim; with Shift they take an appointment along. */
function onKey(event: KeyboardEvent, claim: BoardClaim, calendar: BoardCalendar): void {
  const { key } = event;
  const isMoving = moving.value?.by === 'keyboard';
  if (isMoving && key === 'Enter') putDown();
  else if (isMoving && key === 'Escape') leaveWhereItWas();
  else if (!isArrow(key)) return;
  else if (isMoving) nudge(key);
  else if (event.shiftKey && canMove(claim)) pickUp(claim, calendar, 'keyboard');
  else walk(event.currentTarget, key);
  event.preventDefault();
  event.stopPropagation();
}

export function isArrow(key: string): key is Parameters<typeof nudge>[0] {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';
}

/** The claim before or after in the column, or the nearest one in the column beside. */
export function walk(from: EventTarget | null, key: string): void {
  if (!(from instanceof HTMLElement)) return;
  const column = from.closest('.column');
  const within = [...(column?.querySelectorAll<HTMLElement>('.claim') ?? [])];
  const here = within.indexOf(from);
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    within[here + (key === 'ArrowUp' ? -1 : 1)]?.focus();
    return;
  }
  const beside = key === 'ArrowLeft' ? column?.previousElementSibling : column?.nextElementSibling;
  const top = from.getBoundingClientRect().top;
  const distance = (claim: HTMLElement) => Math.abs(claim.getBoundingClientRect().top - top);
  [...(beside?.querySelectorAll<HTMLElement>('.claim') ?? [])].sort((left, right) => distance(left) - distance(right))[0]?.focus();
}
