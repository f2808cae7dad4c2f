import { serverNow } from '../kit/api.ts';
import { asOf, changeDensity, chosenCalendar, firstView, isDense, isPhone, onlyCalendar, VIEWS, view } from './views.ts';
import { columns, rooms } from './watching.ts';
import { words } from './wording.ts';

/** Where looking back begins. */
const AGO_MILLISECONDS = 3_600_000;

/** How the day is shown, and whose. */
export function ViewBar() {
  const text = words.value.views;
  return (
    <div class="view-bar">
      {isPhone.value ? <ViewMenu /> : <ViewSwitch />}
      {!isPhone.value && <Whose />}
      {!isPhone.value && (view.value === 'day' || view.value === 'three-days' || view.value === 'week') && (
        <button type="button" class="button icon" aria-pressed={isDense.value} aria-label={text.dense} title={text.dense} onClick={changeDensity}>
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <path d="M3 4h14M3 8h14M3 12h14M3 16h14" />
          </svg>
        </button>
      )}
      {!isPhone.value && <OnPaper />}
    </div>
  );
}

/** To the page for the printer, and to a moment of the past. */
function OnPaper() {
  const text = words.value.views;
  return (
    <>
      <button
        type="button"
        class="button icon"
        aria-pressed={view.value === 'print'}
        aria-label={text.print}
        title={text.print}
        onClick={() => {
          view.value = view.value === 'print' ? firstView() : 'print';
        }}
      >
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round">
          <path d="M6 7V3h8v4M6 14H3V8h14v6h-3M6 12h8v5H6z" />
        </svg>
      </button>
      <button
        type="button"
        class="button icon"
        aria-pressed={asOf.value !== undefined}
        aria-label={text.asItWas}
        title={text.asItWas}
        onClick={() => {
          asOf.value = asOf.value === undefined ? serverNow() - AGO_MILLISECONDS : undefined;
        }}
      >
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <path d="M3.5 10a6.5 6.5 0 1 0 2-4.7M3 3v3.5h3.5M10 6.5V10l2.5 1.5" />
        </svg>
      </button>
    </>
  );
}

function ViewSwitch() {
  const text = words.value.views;
  return (
    <fieldset class="view-switch">
      <legend class="only-heard">{text.view}</legend>
      {VIEWS.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="view"
            checked={view.value === one}
            onChange={() => {
              view.value = one;
            }}
          />
          <span>{text[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function ViewMenu() {
  const text = words.value.views;
  return (
    <label>
      <span class="only-heard">{text.view}</span>
      <select
        class="button"
        value={view.value}
        onChange={({ currentTarget: { value } }) => {
          view.value = VIEWS.find((one) => one === value) ?? view.value;
        }}
      >
        {view.value === 'print' && <option value="print">{text.paper}</option>}
        {VIEWS.map((one) => (
          <option key={one} value={one}>
            {text[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Whose() {
  const text = words.value.views;
  return (
    <label>
      <span class="only-heard">{text.whose}</span>
      <select
        class="button"
        value={onlyCalendar.value ?? ''}
        onChange={(event) => {
          chosenCalendar.value = event.currentTarget.value;
        }}
      >
        {view.value !== 'week' && <option value="">{text.everyone}</option>}
        {columns.value.map(({ calendarId, staffName }) => (
          <option key={calendarId} value={calendarId}>
            {staffName}
          </option>
        ))}
        {/* A month counts what people have. */}
        {(view.value === 'month' ? [] : rooms.value).map(({ calendarId, resourceName }) => (
          <option key={calendarId} value={calendarId}>
            {resourceName}
          </option>
        ))}
      </select>
    </label>
  );
}
