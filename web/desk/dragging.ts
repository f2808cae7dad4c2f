// Moving and resizing with a mouse or a pen, and with a finger that rests first: one that moves at once scrolls.
import type { BoardClaim } from './board.ts';
import type { Column } from './commands.ts';
import { canMove, canResize, dragTo, dragToDay, dragToShelf, leaveWhereItWas, moving, pickUp, putDown } from './moving.ts';

/** Less movement than this is a click. */
const THRESHOLD_PIXELS = 5;
/** A finger trembles. */
const FINGER_PIXELS = 10;
const LONG_PRESS_MILLISECONDS = 400;
/** This near to an edge, the grid scrolls. */
const EDGE_PIXELS = 48;
const SCROLL_PIXELS = 12;

/** Follows one press until release. Nothing moves until the pointer does, or until a finger has rested. */
export function followPointer(press: PointerEvent, claim: BoardClaim, from: Column): void {
  const isResized = press.target instanceof Element && press.target.closest('.grip') !== null;
  if (press.button !== 0 || moving.peek() !== undefined || !(isResized ? canResize(claim) : canMove(claim))) return;
  const isFinger = press.pointerType === 'touch';
  const body = columnAt(press.clientX, press.clientY);
  // Where it was taken; from the shelf, at its beginning.
  const grabbed = body === undefined ? 0 : timeAt(body, press.clientY) - (isResized ? claim.endsAt : claim.startsAt);
  const at = { x: press.clientX, y: press.clientY };
  const ending = new AbortController();
  const { signal } = ending;
  const follow = () => {
    const over = isResized ? body : columnAt(at.x, at.y);
    const day = dayAt(at.x, at.y);
    if (isOverShelf(at.x, at.y)) dragToShelf();
    else if (day !== undefined) dragToDay(day);
    else if (over?.dataset.calendar !== undefined) dragTo(over.dataset.calendar, timeAt(over, at.y) - grabbed);
  };
  const start = () => {
    pickUp(claim, from, 'pointer', isResized);
    scrollAtEdges(at, follow, signal);
  };
  const rest = isFinger ? setTimeout(start, LONG_PRESS_MILLISECONDS) : undefined;
  signal.addEventListener('abort', () => clearTimeout(rest));
  addEventListener(
    'pointermove',
    (event) => {
      if (event.pointerId !== press.pointerId) return;
      const isFar = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) > (isFinger ? FINGER_PIXELS : THRESHOLD_PIXELS);
      if (moving.value === undefined && isFar && isFinger) return ending.abort();
      if (moving.value === undefined && isFar) start();
      if (moving.value === undefined) return;
      Object.assign(at, { x: event.clientX, y: event.clientY });
      event.preventDefault();
      follow();
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
  // What a browser offers for a finger that rests.
  if (isFinger) addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
}

/** While a finger moves something, it does not scroll. */
export function holdStill(event: TouchEvent): void {
  if (moving.value?.by === 'pointer' && event.cancelable) event.preventDefault();
}

/** Until the signal ends: near an edge of the grid, more of it comes into view. */
function scrollAtEdges(at: { readonly x: number; readonly y: number }, onScroll: () => void, signal: AbortSignal): void {
  const grid = document.querySelector('.grid');
  if (grid === null) return;
  const step = () => {
    if (signal.aborted) return;
    const { left, right, top, bottom } = grid.getBoundingClientRect();
    const header = grid.querySelector('.column-top')?.clientHeight ?? 0;
    const isInside = at.x > left && at.x < right && at.y > top && at.y < bottom;
    const [across, down] = [towards(at.x, left, right), towards(at.y, top + header, bottom)];
    if (isInside && (across !== 0 || down !== 0)) {
      const before = [grid.scrollLeft, grid.scrollTop];
      grid.scrollBy(across * SCROLL_PIXELS, down * SCROLL_PIXELS);
      if (grid.scrollLeft !== before[0] || grid.scrollTop !== before[1]) onScroll();
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function towards(at: number, from: number, to: number): -1 | 0 | 1 {
  if (at < from + EDGE_PIXELS) return -1;
  return at > to - EDGE_PIXELS ? 1 : 0;
}

/** The day of the month in the rail. */
function dayAt(x: number, y: number): string | undefined {
  const element = document.elementFromPoint(x, y)?.closest('[data-drop]');
  return element instanceof HTMLElement ? element.dataset.day : undefined;
}

function isOverShelf(x: number, y: number): boolean {
  return document.elementFromPoint(x, y)?.closest('.shelf') != null;
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
