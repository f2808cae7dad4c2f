import { signal } from '@preact/signals';
import { clock, counted } from '../kit/money-and-time.ts';
import type { BoardClaim, BoardRoom, Span } from './board.ts';
import { isArrow, walk } from './claim-item.tsx';
import { serviceName, statusOf, titleOf } from './claim-words.ts';
import { Background } from './column.tsx';
import { drawnPart, layOut } from './day-layout.ts';
import { look, lookingAt } from './looking-at.ts';
import { arrived, type RoomColumn as ColumnOf, columnName, timeZone } from './watching.ts';

type Props = { readonly column: ColumnOf; readonly room: BoardRoom; readonly stretch: Span };

/** The claim of each room that the Tab key stops at; arrow keys reach the others. */
const stops = signal<ReadonlyMap<string, string>>(new Map());

/** The day of a room or piece of equipment. Its claims are opened and changed on the staff member's column. */
export function RoomColumn({ column: { resourceId, resourceName, presence }, room, stretch }: Props) {
  const shown = layOut([...room.claims.values()].filter((claim) => drawnPart(claim, stretch) !== undefined));
  const appointments = shown.filter(({ claim }) => claim.kind === 'appointment').length;
  return (
    <section class="column room" aria-labelledby={`of-${resourceId}`} data-presence={presence}>
      <header class="column-top">
        <div>
          <h2 id={`of-${resourceId}`}>{resourceName}</h2>
          <p class="soft">
            {presence === 'here' ? (appointments > 0 ? counted(appointments, 'appointment', 'appointments') : 'Nothing booked') : 'No longer used here'}
          </p>
        </div>
      </header>
      <div class="column-body" data-room={room.calendarId}>
        <Background calendar={room} stretch={stretch} />
        <ol>
          {shown.map(({ claim, place, places }) => (
            <RoomItem key={claim.id} claim={claim} room={room} stretch={stretch} place={place} places={places} />
          ))}
        </ol>
      </div>
    </section>
  );
}

type ItemProps = { readonly claim: BoardClaim; readonly room: BoardRoom; readonly stretch: Span; readonly place: number; readonly places: number };

function RoomItem({ claim, room, stretch, place, places }: ItemProps) {
  const part = drawnPart(claim, stretch);
  if (part === undefined) return null;
  const { top, height } = part;
  const drawn = {
    top: `calc(var(--minute) * ${top})`,
    height: `calc(var(--minute) * ${height})`,
    left: `${(place / places) * 100}%`,
    width: `${100 / places}%`,
  };
  return (
    <li style={drawn}>
      <button
        type="button"
        class="claim"
        data-kind={claim.kind}
        data-status={claim.status ?? undefined}
        data-short={height < ONE_LINE_MINUTES || undefined}
        data-arrived={arrived.value.has(claim.id) || undefined}
        aria-current={(lookingAt.value?.kind === 'claim' && lookingAt.value.claimId === claim.id) || undefined}
        aria-disabled={claim.kind === 'block' || undefined}
        tabIndex={isStop(claim, room) ? 0 : -1}
        onFocus={() => {
          stops.value = new Map(stops.value).set(room.calendarId, claim.id);
        }}
        onClick={() => claim.kind !== 'block' && look({ kind: 'claim', claimId: claim.id })}
        onKeyDown={(event) => {
          if (!isArrow(event.key)) return;
          walk(event.currentTarget, event.key);
          event.preventDefault();
        }}
      >
        <span class="claim-title">
          <span class="claim-name">{titleOf(claim)}</span>
        </span>
        <span class="claim-rest">
          {' '}
          {clock(claim.startsAt, timeZone.value)}
          <span class={claim.kind === 'block' ? undefined : 'only-heard'}> to {clock(claim.endsAt, timeZone.value)}</span>
          {claim.staffId !== undefined && ` · ${columnName(claim.staffId)}`}
          {claim.kind !== 'block' && serviceName(claim) !== undefined && ` · ${serviceName(claim)}`}
        </span>
        <span class="only-heard">, {statusOf(claim)}</span>
      </button>
    </li>
  );
}

/** Minutes under which a claim has room for one line only. */
const ONE_LINE_MINUTES = 30;

function isStop(claim: BoardClaim, room: BoardRoom): boolean {
  const chosen = stops.value.get(room.calendarId);
  if (chosen !== undefined && room.claims.has(chosen)) return chosen === claim.id;
  return [...room.claims.values()].every((other) => other.startsAt > claim.startsAt || (other.startsAt === claim.startsAt && other.id >= claim.id));
}
