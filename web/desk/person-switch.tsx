import { chosenCalendar, onlyCalendar, view } from './views.ts';
import { columns, rooms } from './watching.ts';
import { words } from './wording.ts';

/** Everyone who can be chosen, in the order of the board; the agenda has room for all at once. */
function choices(): readonly { readonly calendarId: string; readonly name: string }[] {
  const firstNames = columns.value.map(({ staffName }) => firstOf(staffName));
  const isOfOne = (name: string) => firstNames.filter((one) => one === name).length === 1;
  return [
    ...(view.value === 'agenda' ? [{ calendarId: '', name: words.value.views.all }] : []),
    ...columns.value.map(({ calendarId, staffName }) => ({ calendarId, name: isOfOne(firstOf(staffName)) ? firstOf(staffName) : staffName })),
    ...rooms.value.map(({ calendarId, resourceName }) => ({ calendarId, name: resourceName })),
  ];
}

function firstOf(name: string): string {
  return name.split(' ')[0] ?? name;
}

export function PersonSwitch() {
  const shown = onlyCalendar.value ?? '';
  return (
    <fieldset class="people">
      <legend class="only-heard">{words.value.views.whoseDay}</legend>
      {choices().map(({ calendarId: id, name }) => (
        <label key={id} class="person">
          <input
            type="radio"
            name="person"
            checked={id === shown}
            onChange={() => {
              chosenCalendar.value = id;
            }}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A finger goes further than this, and more across than down, or it scrolls. */
const SWIPE_PIXELS = 60;

/** A swipe over the day goes to the person beside. The choice above says the same to who does not swipe. */
export function followSwipes(element: HTMLElement): () => void {
  let from: Touch | undefined;
  const ending = new AbortController();
  const { signal } = ending;
  element.addEventListener(
    'touchstart',
    (event) => {
      from = event.touches.length === 1 ? event.touches[0] : undefined;
    },
    { signal, passive: true },
  );
  element.addEventListener(
    'touchend',
    (event) => {
      const to = event.changedTouches[0];
      if (from === undefined || to === undefined) return;
      const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
      from = undefined;
      if (Math.abs(across) > SWIPE_PIXELS && Math.abs(across) > 2 * Math.abs(down)) goBeside(across < 0 ? 1 : -1);
    },
    { signal, passive: true },
  );
  return () => ending.abort();
}

function goBeside(direction: -1 | 1): void {
  const all = choices();
  const here = all.findIndex(({ calendarId }) => calendarId === (onlyCalendar.value ?? ''));
  const beside = all[here + direction];
  if (beside === undefined) return;
  chosenCalendar.value = beside.calendarId;
  for (const input of document.querySelectorAll<HTMLInputElement>('.person input'))
    if (input.checked) input.closest('label')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
}
