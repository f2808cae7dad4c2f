// A confirmation dialog for what cannot be undone, placed away from the pointer so that a double click does not confirm it.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

type AskFirstProps = {
  readonly title: string;
  /** The consequences, and optional inputs. */
  readonly children?: ComponentChildren;
  /** The words of the button that does it. */
  readonly confirm: string;
  /** The words of the button that leaves everything as it is. */
  readonly keep: string;
  readonly kind?: 'danger' | 'primary';
  readonly onConfirm: () => void;
  /** Called for Escape, for the button that keeps, and after `onConfirm`. */
  readonly onClose: () => void;
};

/** Tried in this order, until the confirming button is away from the pointer. */
const PLACES = ['middle', 'bottom', 'top'] as const;
const FINGER_PIXELS = 32;
/** Without such a place, a press within this time counts as the second half of a double click. */
const DOUBLE_CLICK_MILLISECONDS = 500;
let pressedAt = { x: -1, y: -1 };
addEventListener(
  'pointerdown',
  ({ clientX, clientY }) => {
    pressedAt = { x: clientX, y: clientY };
  },
  { capture: true, passive: true },
);

/** A modal question; shown while rendered. The focus starts on the button that changes nothing and returns to where it came from. */
export function AskFirst({ title, children, confirm, keep, kind = 'danger', onConfirm, onClose }: AskFirstProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const confirming = useRef<HTMLButtonElement>(null);
  const keeping = useRef<HTMLButtonElement>(null);
  const deafUntil = useRef(0);
  const isGone = useRef(false);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    for (const place of PLACES) {
      if (shown !== null) shown.dataset.at = place;
      if (!isUnderFinger(confirming.current)) break;
    }
    if (isUnderFinger(confirming.current)) deafUntil.current = performance.now() + DOUBLE_CLICK_MILLISECONDS;
    keeping.current?.focus();
    return () => {
      // Its event comes later, when the question may be asked again already.
      isGone.current = true;
      shown?.close();
    };
  }, []);
  const send = (event: Event) => {
    event.preventDefault();
    // It may stand in a form that is not meant.
    event.stopPropagation();
    if (performance.now() < deafUntil.current) return;
    onConfirm();
    onClose();
  };
  return (
    <dialog class="ask-first" ref={dialog} aria-labelledby={id} onClose={() => isGone.current || onClose()}>
      <form class="ask-first-form" onSubmit={send}>
        <h2 id={id}>{title}</h2>
        {children}
        <div class="ask-first-actions">
          <button type="button" class="button" ref={keeping} onClick={onClose}>
            {keep}
          </button>
          <button type="submit" class={`button ${kind}`} ref={confirming}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function isUnderFinger(button: HTMLElement | null): boolean {
  const box = button?.getBoundingClientRect();
  if (box === undefined) return false;
  const { x, y } = pressedAt;
  return x > box.left - FINGER_PIXELS && x < box.right + FINGER_PIXELS && y > box.top - FINGER_PIXELS && y < box.bottom + FINGER_PIXELS;
}
