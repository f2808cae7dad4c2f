// The shelf below the day, and what is being moved with the keyboard.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { whenWords, zoneOf } from '../kit/customers/finding.ts';
import { askAs } from '../kit/session.ts';
import type { BoardClaim } from './board.ts';
import { serviceName, statusOf, titleOf } from './claim-words.ts';
import type { Column } from './commands.ts';
import { followPointer, holdStill } from './dragging.ts';
import { claimOf } from './inbox.ts';
import { canMove, goesOnShelf, leaveWhereItWas, moving, pickUpHere, putDown, steer, whereWords } from './moving.ts';
import { shelf, takeOffShelf } from './shelved.ts';
import { board, columnName, locationId } from './watching.ts';
import { words } from './wording.ts';

/** What has been moved by someone else on a day that is not in view is not heard of. */
const ASK_AGAIN_MILLISECONDS = 20_000;

export function Shelf() {
  const mover = moving.value;
  const text = words.value.shelf;
  const takesIt = mover !== undefined && mover.by === 'pointer' && goesOnShelf(mover);
  if (shelf.value.length === 0 && !takesIt && mover?.by !== 'keyboard') return null;
  return (
    <section class="shelf" aria-label={text.label} data-target={mover?.over === 'shelf' || undefined}>
      {mover?.by === 'keyboard' && <Steering />}
      {(shelf.value.length > 0 || takesIt) && (
        <p>
          <b>{text.title}</b>{' '}
          <span class="soft">
            {text.lead}
            {takesIt && ` ${text.here}`}
          </span>
        </p>
      )}
      {shelf.value.length > 0 && (
        <ul>
          {shelf.value.map((id) => (
            <Shelved key={id} id={id} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** For fingers, and for those who see no keys: the same as Enter and Escape. */
function Steering() {
  const mover = moving.value;
  // What was pressed to come here may have gone, and the focus with it.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.activeElement === document.body && steer(event)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  if (mover === undefined) return null;
  const text = words.value.shelf;
  return (
    <div class="steering">
      <p>
        <b>{titleOf(mover.claim)}:</b> {whereWords(mover)}. <span class="soft">{text.steer}</span>
      </p>
      <button type="button" class="button primary" onClick={putDown}>
        {text.drop}
      </button>
      <button type="button" class="button" onClick={leaveWhereItWas}>
        {text.leave}
      </button>
    </div>
  );
}

type Where = { readonly claim: BoardClaim; readonly column: Column; readonly locationId: string };

/** As the board has it where it is in view, else as the server says. */
function useWhere(id: string): Where | 'gone' | undefined {
  const asked: Signal<Where | 'gone' | undefined> = useSignal(undefined);
  const calendar = [...board.value.calendars.values()].find(({ claims }) => claims.has(id));
  const claim = calendar?.claims.get(id);
  const isInView = claim !== undefined;
  useEffect(() => {
    if (isInView) return undefined;
    let isOver = false;
    const read = async () => {
      const answer = await askAs<AppointmentReply>('GET', `/v1/appointments/${id}`);
      if (isOver) return;
      if (answer.ok) {
        const { staffId, calendarId, locationId: place } = answer.body;
        asked.value = { claim: claimOf(answer.body), column: { staffId, calendarId }, locationId: place };
      } else if (answer.problem.code === 'not-found' || answer.problem.code === 'forbidden') asked.value = 'gone';
    };
    void read();
    const timer = setInterval(() => void read(), ASK_AGAIN_MILLISECONDS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [id, isInView]);
  if (claim === undefined || calendar === undefined) return asked.value;
  return { claim, column: { staffId: calendar.staffId, calendarId: calendar.calendarId }, locationId: locationId.value };
}

function Shelved({ id }: { readonly id: string }) {
  const where = useWhere(id);
  if (where === undefined) return <li class="loading" aria-busy="true" />;
  const text = words.value.shelf;
  const title = where === 'gone' ? text.gone : titleOf(where.claim);
  return (
    <li>
      {where !== 'gone' && canMove(where.claim) ? (
        <Parcel {...where} />
      ) : (
        <span class="parcel">{where === 'gone' ? title : `${title}: ${statusOf(where.claim)}`}</span>
      )}
      <button type="button" class="button icon quiet" aria-label={text.take({ title })} title={text.takeIt} onClick={() => takeOffShelf(id)}>
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <path d="M5 5l10 10M15 5L5 15" />
        </svg>
      </button>
    </li>
  );
}

/** Dragged to a day; or pressed, and then a place on the day. */
function Parcel({ claim, column, locationId: place }: Where) {
  return (
    <button
      type="button"
      class="parcel"
      title={words.value.shelf.drag}
      onPointerDown={(event) => followPointer(event, claim, column)}
      onTouchMove={holdStill}
      onClick={() => moving.value === undefined && pickUpHere(claim, column)}
      onKeyDown={(event) => {
        if (steer(event)) event.preventDefault();
      }}
    >
      <strong>{titleOf(claim)}</strong> {serviceName(claim)}
      <span class="soft"> {words.value.shelf.now({ when: whenWords(claim.startsAt, zoneOf(place)), name: columnName(column.staffId) })}</span>
    </button>
  );
}
