// The keys of the desk, and the page that explains them and the signs.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { moving } from './moving.ts';
import { StatusIcon, signWords } from './status-icon.tsx';
import { turn, VIEWS, view } from './views.ts';
import { date, today } from './watching.ts';
import { words } from './wording.ts';

const isOpen = signal(false);
/** The keys are those of English, whatever the language: hands know them. */
function keyWords(): readonly (readonly [key: string, does: string])[] {
  const { keys, views, top } = words.value;
  return [
    ...VIEWS.map((one, index) => [String(index + 1), views[one]] as const),
    ['P', views.print],
    ['T', top.today],
    [keys.backAndOnKeys, keys.backAndOn],
    ['N', keys.newOne],
    ['/', keys.find],
    [keys.arrowKeys, keys.arrows],
    [keys.moveKeys, keys.move],
    [keys.daysKeys, keys.days],
    [keys.lengthKeys, keys.length],
    ['X', keys.swap],
    ['S', keys.shelf],
    ['?', keys.list],
  ];
}

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
        aria-label={words.value.keys.title}
        title={words.value.keys.title}
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
  const text = words.value.keys;
  return (
    <dialog class="help-sheet" ref={dialog} aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">{text.title}</h2>
      <dl class="keys">
        {keyWords().map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <ul class="signs" aria-label={text.signs}>
        {signWords().map(([sign, means]) => (
          <li key={sign}>
            <StatusIcon sign={sign} />
            {means}
          </li>
        ))}
      </ul>
      <p class="soft">
        {text.edge} {text.same}
      </p>
      <button type="button" class="button primary" onClick={close}>
        {text.close}
      </button>
    </dialog>
  );
}
