import { Bell } from '../bell/bell.tsx';
import { Arrow } from '../kit/arrow.tsx';
import { Connection } from '../kit/connection.tsx';
import { language } from '../kit/language.ts';
import { LanguagePicker } from '../kit/languages.tsx';
import { longDay, monthOf, shortDay, shortDays } from '../kit/money-and-time.ts';
import { logOut, session } from '../kit/session.ts';
import { openShop } from '../kit/shop.ts';
import { CustomerSearch } from './customers/search.tsx';
import { forgetDraft } from './draft.ts';
import { NewButton } from './find-time.tsx';
import { InboxButton } from './inbox-panel.tsx';
import { Keys } from './keys.tsx';
import { chooseLanguage } from './languages.ts';
import { ViewBar } from './view-bar.tsx';
import { shownDays, turn, type View, view } from './views.ts';
import { chooseLocation, date, live, locationId, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

export function Toolbar() {
  const { business, locations } = openShop();
  const user = session.value.state === 'in' ? session.value.user : undefined;
  const text = words.value.top;
  const leave = () => {
    forgetDraft();
    void logOut();
  };
  return (
    <header class="toolbar">
      <div class="toolbar-who">
        <p class="wordmark">{business.name}</p>
        {locations.length > 1 && (
          <label>
            <span class="only-heard">{text.location}</span>
            <select class="button" value={locationId.value} onChange={(event) => chooseLocation(event.currentTarget.value)}>
              {locations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div class="find-row">
        <CustomerSearch />
        <NewButton />
        <InboxButton />
      </div>
      <DateSwitch />
      <ViewBar />
      <div class="toolbar-user">
        <Connection state={live.state.value} />
        <Language />
        <Keys />
        <Bell />
        {(user?.role === 'owner' || user?.role === 'manager') && (
          <a class="button quiet" href="/admin">
            <span class="wide">{text.office}</span>
            <span class="narrow" aria-hidden="true">
              {text.officeShort}
            </span>
            <Sign path="M3 9l7-6 7 6M5 8v9h10V8" />
          </a>
        )}
        <button type="button" class="button quiet" onClick={leave}>
          <span class="words">{text.logOut}</span>
          <span class="only-heard"> {user?.name}</span>
          <Sign path="M8 3H4v14h4M13 6l4 4-4 4M17 10H8" />
        </button>
      </div>
    </header>
  );
}

/** Its code is seen, to save room; the list over it has the names. */
function Language() {
  return (
    <span class="language-field">
      <span aria-hidden="true">{language.value.toUpperCase()}</span>
      <LanguagePicker label={words.value.top.language} onChoose={chooseLanguage} />
    </span>
  );
}

/** In place of words, where there is no room for them. */
function Sign({ path }: { readonly path: string }) {
  return (
    <svg class="sign" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
      <path d={path} />
    </svg>
  );
}

/** As far as the arrows go. */
const STEPS = { day: 'day', agenda: 'day', 'three-days': 'three-days', week: 'week', month: 'month', print: 'day' } as const satisfies Record<View, string>;

function daysInView(one: typeof longDay): string {
  if (view.value === 'month') return monthOf(date.value);
  const days = shownDays.value;
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return '';
  return days.length === 1 ? one(first.startsAt, timeZone.value) : shortDays(first.startsAt, last.startsAt, timeZone.value);
}

function DateSwitch() {
  const { top, before, after } = words.value;
  const step = STEPS[view.value];
  const go = (to: string) => {
    if (to !== '') date.value = to;
  };
  return (
    <div class="dates">
      <h1>
        <span class="wide">{daysInView(longDay)}</span>
        <span class="narrow" aria-hidden="true">
          {daysInView(shortDay)}
        </span>
      </h1>
      <div class="dates-row">
        <button type="button" class="button icon" aria-label={before[step]} onClick={() => turn(-1)}>
          <Arrow to="left" />
        </button>
        <button type="button" class="button" aria-pressed={date.value === today()} onClick={() => go(today())}>
          {top.today}
        </button>
        <button type="button" class="button icon" aria-label={after[step]} onClick={() => turn(1)}>
          <Arrow to="right" />
        </button>
        <label class="date-field">
          <span class="only-heard">{top.date}</span>
          <svg
            class="date-sign"
            width="20"
            height="20"
            viewBox="0 0 20 20"
            aria-hidden="true"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
          >
            <path d="M3 8h14M7 2v4M13 2v4M4 4h12a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z" />
          </svg>
          <input class="button" type="date" value={date.value} onChange={(event) => go(event.currentTarget.value)} />
        </label>
      </div>
    </div>
  );
}
