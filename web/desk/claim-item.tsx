import { signal, useComputed } from '@preact/signals';
import { clock } from '../kit/money-and-time.ts';
import { isInFlight } from './acting.ts';
import type { BoardCalendar, BoardClaim, Span } from './board.ts';
import { serviceColour, serviceName, statusOf, titleOf } from './claim-words.ts';
import { type Day, drawnPart } from './day-layout.ts';
import { followPointer, holdStill } from './dragging.ts';
import { HoldRing } from './hold-ring.tsx';
import { look, lookingAt } from './looking-at.ts';
import { canMove, canResize, isArrow, moving, pickUp, steer } from './moving.ts';
import { putOnShelf } from './shelved.ts';
import { StatusIcon, signOf } from './status-icon.tsx';
import { canSwap, markForSwap, swapping } from './swap.tsx';
import { colleagues } from './together.ts';
import { asOf } from './views.ts';
import { arrived, date, roomName, timeZone } from './watching.ts';
import { words } from './wording.ts';

type Props = {
  readonly claim: BoardClaim;
  readonly calendar: BoardCalendar;
  readonly day: Day;
  readonly stretch: Span;
  readonly place: number;
  readonly places: number;
  /** The Tab key stops here; arrow keys reach the others of the column. */
  readonly isStop: boolean;
};

/** The claim at which the Tab key stops in each column, where it is not the first. */
const stops = signal<ReadonlyMap<string, string>>(new Map());
const columnKey = (calendarId: string, day: Day) => `${calendarId} ${day.date}`;
/** Minutes under which a claim has room for one line only. */
export const ONE_LINE_MINUTES = 30;

/** Is drawn again only when something about this claim has changed, however much happens around it. */
export function ClaimItem({ claim, calendar, day, stretch, place, places, isStop }: Props) {
  const { id } = claim;
  const hasArrived = useComputed(() => arrived.value.has(id)).value;
  const isMoving = useComputed(() => moving.value?.claim.id === id).value;
  const isMarked = useComputed(() => swapping.value?.claim.id === id).value;
  const isFlying = useComputed(() => isInFlight(id)).value;
  const isLookedAt = useComputed(() => lookingAt.value?.kind === 'claim' && lookingAt.value.claimId === id).value;
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
        // The rest of one that began the day before is drawn, too.
        id={claim.startsAt >= day.startsAt ? `claim-${id}` : undefined}
        style={{ '--service': serviceColour(claim) }}
        data-kind={claim.kind}
        data-status={claim.status ?? undefined}
        data-narrow={places > 1 || undefined}
        data-short={height < ONE_LINE_MINUTES || undefined}
        data-arrived={hasArrived || undefined}
        data-moving={isMoving || undefined}
        data-flying={isFlying || undefined}
        data-marked={isMarked || undefined}
        aria-busy={isFlying || undefined}
        aria-current={isLookedAt || undefined}
        tabIndex={isStop ? 0 : -1}
        onFocus={() => stopAt(id, calendar.calendarId, day)}
        onClick={() => {
          // What is being moved with the keyboard is dropped here.
          if (moving.value?.by === 'keyboard') return;
          date.value = day.date;
          look({ kind: 'claim', claimId: id });
        }}
        onKeyDown={(event) => onKey(event, claim, calendar)}
        onPointerDown={(event) => followPointer(event, claim, columnOf(calendar))}
        onTouchMove={holdStill}
      >
        <ClaimWords claim={claim} />
        {canResize(claim) && claim.endsAt <= stretch.endsAt && <span class="grip" />}
      </button>
    </li>
  );
}

/** What is seen, with what only has to be heard in between: "Mia Berg 10:00 to 10:45 · Haircut, booked". */
export function ClaimWords({ claim }: { readonly claim: BoardClaim }) {
  const sign = signOf(claim);
  const text = words.value.item;
  const { id } = claim;
  const openAt = useComputed(() => (asOf.value === undefined ? colleagues.value.get(id) : undefined)).value;
  return (
    <>
      <span class="claim-title">
        {claim.kind === 'hold' && <HoldRing claim={claim} />}
        {sign !== undefined && <StatusIcon sign={sign} />}
        {claim.overlaps === true && <StatusIcon sign="overlaps" />}
        <span class="claim-name">{titleOf(claim)}</span>
        {openAt !== undefined && (
          <span class="open-at" aria-hidden="true" title={text.open({ names: openAt.join(', ') })}>
            {openAt.map(initialsOf).join(' ')}
          </span>
        )}
      </span>
      <span class="claim-rest">
        {' '}
        {claim.overlaps === true && <b aria-hidden="true">{text.overlaps} · </b>}
        <FromTo span={claim} />
        {claim.kind !== 'block' && serviceName(claim) !== undefined && ` · ${serviceName(claim)}`}
        {claim.resourceId !== undefined && roomName(claim.resourceId) !== undefined && ` · ${roomName(claim.resourceId)}`}
        {claim.seats > 1 && ` · ${words.value.count.seats({ count: claim.seats })}`}
      </span>
      <span class="only-heard">
        , {statusOf(claim)}
        {openAt !== undefined && `, ${text.openAt({ names: openAt.join(', ') })}`}
      </span>
    </>
  );
}

function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .slice(0, 2)
    .join('');
}

/** "10:00–10:45", heard as "10:00 to 10:45". */
export function FromTo({ span: { startsAt, endsAt } }: { readonly span: Span }) {
  return (
    <>
      {clock(startsAt, timeZone.value)}
      <span class="only-heard"> {words.value.item.to} </span>
      <span aria-hidden="true" class="dash" />
      <span>{clock(endsAt, timeZone.value)}</span>
    </>
  );
}

/** The claim of a column at which the Tab key stops: the last that had the focus, else the first. */
export function stopOf(claims: readonly BoardClaim[], calendarId: string, day: Day): string | undefined {
  const chosen = stops.value.get(columnKey(calendarId, day));
  return claims.some(({ id }) => id === chosen) ? chosen : claims[0]?.id;
}

/** The claim has the focus: its column is entered there again. */
export function stopAt(claimId: string, calendarId: string, day: Day): void {
  stops.value = new Map(stops.value).set(columnKey(calendarId, day), claimId);
}

/** Arrow keys go from claim to claim; with Shift they take it along. + and − change its length, S puts it on the shelf, X swaps two. */
function onKey(event: KeyboardEvent, claim: BoardClaim, calendar: BoardCalendar): void {
  const { key } = event;
  const column = columnOf(calendar);
  if (steer(event)) event.stopPropagation();
  else if (moving.value !== undefined) return;
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (isArrow(key) && event.shiftKey && canMove(claim)) pickUp(claim, column, 'keyboard');
  else if (isArrow(key)) walk(event.currentTarget, key);
  else if ((key === '+' || key === '-') && canResize(claim)) pickUp(claim, column, 'keyboard', true);
  else if (key.toLowerCase() === 'x' && canSwap(claim)) markForSwap(claim, column);
  else if (key === 'Escape' && swapping.value !== undefined) swapping.value = undefined;
  else if (key.toLowerCase() === 's' && claim.kind === 'appointment' && canMove(claim)) putOnShelf(claim.id);
  else return;
  event.preventDefault();
}

const columnOf = ({ staffId, calendarId }: BoardCalendar) => ({ staffId, calendarId });

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
