// The keys of the desk, and the page that explains them and the signs.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { moving } from './moving.ts';
import { SIGN_WORDS, StatusIcon } from './status-icon.tsx';
import { turn, VIEW_WORDS, VIEWS, view } from './views.ts';
import { date, today } from './watching.ts';

const isOpen = signal(false);
const KEYS: readonly (readonly [key: string, does: string])[] = [
  ...VIEWS.map((one, index) => [String(index + 1), VIEW_WORDS[one]] as const),
  ['P', 'Print the day'],
  ['T', 'Today'],
  ['[ and ]', 'Back and on'],
  ['N', 'New appointment'],
  ['/', 'Find a customer'],
  ['Arrow keys', 'From claim to claim'],
  ['Shift + arrow key', 'Move an appointment or a block; Enter drops it, Escape cancels'],
  ['Page up, down', 'While it moves: a day earlier, later; with Shift a week'],
  ['+ and −', 'Make it longer or shorter'],
  ['X', 'Swap two appointments: on one, then on the other'],
  ['S', 'Put an appointment on the shelf'],
  ['?', 'This list'],
];

function press(key: string): boolean {
  const chosen = VIEWS[Number(key) - 1];
  if (chosen !== undefined) view.value = chosen;
  else if (key === 'p' || key === 'P') view.value = 'print';
  else if (key === 't' || key === 'T') date.value = today();
  else if (key === '[') turn(-1);
  else if (key === ']') turn(1);
  else if (key === '?') isOpen.value = true;
  else return false;
  return true;
}

export function Keys() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      if (press(event.key)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        class="button icon quiet help"
        aria-label="Keys and signs"
        title="Keys and signs"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        ?
      </button>
      {isOpen.value && <Help />}
    </>
  );
}

/** Something is being typed, asked or moved. */
function isBusy(target: EventTarget | null): boolean {
  if (moving.value !== undefined || document.querySelector('dialog[open]') !== null) return true;
  return target instanceof HTMLElement && target.closest('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]') !== null;
}

function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => {
    isOpen.value = false;
  };
  return (
    <dialog class="help-sheet" ref={dialog} aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys and signs</h2>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <ul class="signs" aria-label="Signs">
        {SIGN_WORDS.map(([sign, words]) => (
          <li key={sign}>
            <StatusIcon sign={sign} />
            {words}
          </li>
        ))}
      </ul>
      <p class="soft">The coloured edge is the service’s.</p>
      <button type="button" class="button primary" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
