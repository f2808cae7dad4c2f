// Two appointments change places: the first is marked, then the other is pressed, or chosen from those of the days in view.
import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../kit/announcing.tsx';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { openShop } from '../kit/shop.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { serviceName, titleOf } from './claim-words.ts';
import type { Column } from './commands.ts';
import { canMove } from './moving.ts';
import { actTelling } from './telling.tsx';
import { shownDays } from './views.ts';
import { board, columnName, timeZone } from './watching.ts';
import { words } from './wording.ts';

type Marked = { readonly claim: BoardClaim; readonly column: Column };
/** Waits for the other one. */
export const swapping = signal<Marked | undefined>(undefined);

/** No seat of a class: the others in it stay. */
export function canSwap(claim: BoardClaim): boolean {
  return claim.kind === 'appointment' && canMove(claim) && (openShop().services.find(({ id }) => id === claim.serviceId)?.capacity ?? 1) === 1;
}

/** With a key: the first press marks one, the second swaps it with another. */
export function markForSwap(claim: BoardClaim, column: Column): void {
  const first = swapping.value;
  swapping.value = undefined;
  if (first === undefined) {
    swapping.value = { claim, column };
    announce(words.value.swapping.begun({ title: titleOf(claim) }));
  } else if (first.claim.id === claim.id) announce(words.value.swapping.stopped);
  else actTelling({ type: 'swap', ...first, other: claim, otherColumn: column });
}

/** In the panel: with one of those in view. */
export function SwapForm({ claim, calendar, onDone }: { readonly claim: BoardClaim; readonly calendar: BoardCalendar; readonly onDone: () => void }) {
  const others = [...board.value.calendars.values()]
    .flatMap((one) => [...one.claims.values()].filter((other) => other.id !== claim.id && canSwap(other)).map((other) => ({ other, of: one })))
    .sort((one, other) => one.other.startsAt - other.other.startsAt);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);
  const chosen = useSignal(others[0]?.other.id ?? '');
  const send = (event: Event) => {
    event.preventDefault();
    const found = others.find(({ other }) => other.id === chosen.value);
    if (found === undefined) return;
    const { staffId, calendarId } = calendar;
    actTelling({
      type: 'swap',
      claim,
      column: { staffId, calendarId },
      other: found.other,
      otherColumn: { staffId: found.of.staffId, calendarId: found.of.calendarId },
    });
    onDone();
  };
  const text = words.value.swapping;
  return (
    <form class="stack" onSubmit={send}>
      {others.length === 0 ? (
        <p class="banner">{text.none}</p>
      ) : (
        <div class="field">
          <label for="swap-with">{text.with}</label>
          <select
            id="swap-with"
            ref={first}
            value={chosen.value}
            onChange={(event) => {
              chosen.value = event.currentTarget.value;
            }}
          >
            {others.map(({ other, of }) => (
              <option key={other.id} value={other.id}>
                {shownDays.value.length > 1 && `${shortDay(other.startsAt, timeZone.value)}, `}
                {clock(other.startsAt, timeZone.value)} {titleOf(other)}, {serviceName(other)}, {columnName(of.staffId)}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="actions">
        {others.length > 0 && (
          <button type="submit" class="button primary">
            {text.swap}
          </button>
        )}
        <button type="button" class="button" onClick={onDone}>
          {text.back}
        </button>
      </div>
    </form>
  );
}
