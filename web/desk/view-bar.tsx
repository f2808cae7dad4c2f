import { changeDensity, chosenCalendar, isDense, isPhone, onlyCalendar, VIEW_WORDS, VIEWS, view } from './views.ts';
import { columns, rooms } from './watching.ts';

/** How the day is shown, and whose. */
export function ViewBar() {
  return (
    <div class="view-bar">
      {isPhone.value ? <ViewMenu /> : <ViewSwitch />}
      {!isPhone.value && <Whose />}
      {!isPhone.value && view.value !== 'agenda' && (
        <button type="button" class="button icon" aria-pressed={isDense.value} aria-label="Dense" title="Dense" onClick={changeDensity}>
          <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <path d="M3 4h14M3 8h14M3 12h14M3 16h14" />
          </svg>
        </button>
      )}
    </div>
  );
}

function ViewSwitch() {
  return (
    <fieldset class="view-switch">
      <legend class="only-heard">View</legend>
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
          <span>{VIEW_WORDS[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

function ViewMenu() {
  return (
    <label>
      <span class="only-heard">View</span>
      <select
        class="button"
        value={view.value}
        onChange={({ currentTarget: { value } }) => {
          view.value = VIEWS.find((one) => one === value) ?? view.value;
        }}
      >
        {VIEWS.map((one) => (
          <option key={one} value={one}>
            {VIEW_WORDS[one]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Whose() {
  return (
    <label>
      <span class="only-heard">Whose calendar</span>
      <select
        class="button"
        value={onlyCalendar.value ?? ''}
        onChange={(event) => {
          chosenCalendar.value = event.currentTarget.value;
        }}
      >
        {view.value !== 'week' && <option value="">Everyone</option>}
        {columns.value.map(({ calendarId, staffName }) => (
          <option key={calendarId} value={calendarId}>
            {staffName}
          </option>
        ))}
        {rooms.value.map(({ calendarId, resourceName }) => (
          <option key={calendarId} value={calendarId}>
            {resourceName}
          </option>
        ))}
      </select>
    </label>
  );
}
