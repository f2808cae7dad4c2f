import { useComputed } from '@preact/signals';
import type { BoardClaim, BoardRoom } from './board.ts';
import { FromTo, ONE_LINE_MINUTES, stopAt, stopOf, walk } from './claim-item.tsx';
import { serviceColour, serviceName, statusOf, titleOf } from './claim-words.ts';
import { Background, ColumnTitle, countWords } from './column.tsx';
import { drawnPart, layOut } from './day-layout.ts';
import { look, lookingAt } from './looking-at.ts';
import { isArrow } from './moving.ts';
import { StatusIcon, signOf } from './status-icon.tsx';
import type { Stretch } from './views.ts';
import { arrived, type RoomColumn as ColumnOf, columnName, date } from './watching.ts';
import { words } from './wording.ts';

type Props = { readonly column: ColumnOf; readonly room: BoardRoom } & Stretch;

/** The day of a room or piece of equipment. Its claims are opened and changed on the staff member's column. */
export function RoomColumn({ column: { resourceId, resourceName, presence }, room, day, stretch }: Props) {
  const placed = layOut([...room.claims.values()].filter((claim) => drawnPart(claim, stretch) !== undefined));
  const appointments = placed.filter(({ claim }) => claim.kind === 'appointment').length;
  const id = `of-${resourceId}-${day.date}`;
  const stop = stopOf(
    placed.map(({ claim }) => claim),
    room.calendarId,
    day,
  );
  return (
    <section class="column room" aria-labelledby={id} data-presence={presence}>
      <header class="column-top">
        <ColumnTitle id={id} name={resourceName} day={day}>
          {presence === 'here' ? countWords(appointments) : words.value.grid.roomGone}
        </ColumnTitle>
      </header>
      <div class="column-body" data-room={room.calendarId}>
        <Background calendar={room} day={day} stretch={stretch} />
        <ol>
          {placed.map(({ claim, place, places }) => (
            <RoomItem key={claim.id} claim={claim} room={room} day={day} stretch={stretch} place={place} places={places} isStop={claim.id === stop} />
          ))}
        </ol>
      </div>
    </section>
  );
}

type ItemProps = { readonly claim: BoardClaim; readonly room: BoardRoom; readonly place: number; readonly places: number; readonly isStop: boolean } & Stretch;

function RoomItem({ claim, room, day, stretch, place, places, isStop }: ItemProps) {
  const hasArrived = useComputed(() => arrived.value.has(claim.id)).value;
  const isLookedAt = useComputed(() => lookingAt.value?.kind === 'claim' && lookingAt.value.claimId === claim.id).value;
  const sign = signOf(claim);
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
        style={{ '--service': serviceColour(claim) }}
        data-kind={claim.kind}
        data-status={claim.status ?? undefined}
        data-short={height < ONE_LINE_MINUTES || undefined}
        data-arrived={hasArrived || undefined}
        aria-current={isLookedAt || undefined}
        aria-disabled={claim.kind === 'block' || undefined}
        tabIndex={isStop ? 0 : -1}
        onFocus={() => stopAt(claim.id, room.calendarId, day)}
        onClick={() => {
          if (claim.kind === 'block') return;
          date.value = day.date;
          look({ kind: 'claim', claimId: claim.id });
        }}
        onKeyDown={(event) => {
          if (!isArrow(event.key)) return;
          walk(event.currentTarget, event.key);
          event.preventDefault();
        }}
      >
        <span class="claim-title">
          {sign !== undefined && <StatusIcon sign={sign} />}
          <span class="claim-name">{titleOf(claim)}</span>
        </span>
        <span class="claim-rest">
          {' '}
          <FromTo span={claim} />
          {claim.staffId !== undefined && ` · ${columnName(claim.staffId)}`}
          {claim.kind !== 'block' && serviceName(claim) !== undefined && ` · ${serviceName(claim)}`}
        </span>
        <span class="only-heard">, {statusOf(claim)}</span>
      </button>
    </li>
  );
}
