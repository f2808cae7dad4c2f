// Moving an appointment with a mouse or a pen. A finger scrolls; for fingers there is the form in the panel.
import type { BoardCalendar, BoardClaim } from './board.ts';
import { canMove, dragTo, dragToDay, leaveWhereItWas, moving, pickUp, putDown } from './moving.ts';

/** Less movement than this is a click. */
const THRESHOLD_PIXELS = 5;

/** Follows one press until release. Nothing moves until the pointer does. */
export function followPointer(press: PointerEvent, claim: BoardClaim, calendar: BoardCalendar): void {
  if (press.pointerType === 'touch' || press.button !== 0 || !canMove(claim)) return;
  const body = columnAt(press.clientX, press.clientY);
  if (body === undefined) return;
  const grabbed = timeAt(body, press.clientY) - claim.startsAt;
  const ending = new AbortController();
  const { signal } = ending;
  addEventListener(
    'pointermove',
    (event) => {
      const isFar = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) > THRESHOLD_PIXELS;
      if (moving.value === undefined && isFar) pickUp(claim, calendar, 'pointer');
      const day = dayAt(event.clientX, event.clientY);
      if (day !== undefined) dragToDay(day);
      const over = columnAt(event.clientX, event.clientY);
      if (moving.value === undefined || over?.dataset.calendar === undefined) return;
      event.preventDefault();
      dragTo(over.dataset.calendar, timeAt(over, event.clientY) - grabbed);
    },
    { signal },
  );
  const finish = (end: () => void) => {
    ending.abort();
    if (moving.value === undefined) return;
    swallowClick();
    end();
  };
  addEventListener('pointerup', () => finish(putDown), { signal });
  addEventListener('pointercancel', () => finish(leaveWhereItWas), { signal });
  addEventListener('keydown', (event) => event.key === 'Escape' && finish(leaveWhereItWas), { signal });
}

/** The day of the month in the rail. */
function dayAt(x: number, y: number): string | undefined {
  const element = document.elementFromPoint(x, y)?.closest('[data-drop]');
  return element instanceof HTMLElement ? element.dataset.day : undefined;
}

function columnAt(x: number, y: number): HTMLElement | undefined {
  return document.elementsFromPoint(x, y).find((element): element is HTMLElement => element instanceof HTMLElement && element.dataset.calendar !== undefined);
}

/** The moment that a column shows at this height. */
export function timeAt(body: HTMLElement, y: number): number {
  const box = body.getBoundingClientRect();
  const [startsAt, endsAt] = [Number(body.dataset.startsAt), Number(body.dataset.endsAt)];
  return startsAt + ((y - box.top) / box.height) * (endsAt - startsAt);
}

/** Ignores the click that ends a move. */
function swallowClick(): void {
  const once = new AbortController();
  addEventListener('click', (event) => event.stopPropagation(), { capture: true, signal: once.signal });
  setTimeout(() => once.abort(), 50);
}
