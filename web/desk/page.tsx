import { Announcements } from '../kit/announcing.tsx';
import { Lost } from '../kit/connection.tsx';
import { clock } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { ProofDialog } from '../kit/proof.tsx';
import { logOut, session } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { Agenda } from './agenda.tsx';
import { DayGrid } from './day-grid.tsx';
import { DayNote } from './day-note.tsx';
import { Login } from './login.tsx';
import { Month } from './month.tsx';
import { Notices } from './notices.tsx';
import { Panel } from './panel.tsx';
import { PastDay } from './past.tsx';
import { Rail } from './rail.tsx';
import { PrintView } from './sheet.tsx';
import { Shelf } from './shelf.tsx';
import { AskWhetherTold } from './telling.tsx';
import { Toolbar } from './toolbar.tsx';
import { asOf, view } from './views.ts';
import { boardProblem, isCustomer, isFirstLook, lastKnownAt, live, locationId, timeZone } from './watching.ts';
import { words } from './wording.ts';

export function DeskPage({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  return (
    <>
      {session.value.state === 'opening' && <main class="opening" aria-busy="true" aria-label={words.value.top.loading} />}
      {session.value.state === 'out' && <Login />}
      {session.value.state === 'in' && <Desk onRetry={onRetry} />}
      <Announcements />
    </>
  );
}

function Desk({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  const text = words.value.top;
  if (isCustomer.value) return <NotForCustomers />;
  if (shop.value.state === 'failed') {
    return (
      <main class="alone">
        <h1 class="only-heard">{text.desk}</h1>
        <div class="banner danger" role="alert">
          <p>{sentenceOf(shop.value.problem)}</p>
          <button type="button" class="button" onClick={() => void onRetry()}>
            {text.tryAgain}
          </button>
        </div>
      </main>
    );
  }
  if (shop.value.state === 'loading' || locationId.value === '') return <main class="opening" aria-busy="true" aria-label={words.value.top.loading} />;
  return (
    <div class="desk">
      <a class="skip" href="#day">
        {text.skip}
      </a>
      <Toolbar />
      <Rail />
      <main id="day" tabIndex={-1}>
        <Lost state={live.state.value}>{staleWords()}</Lost>
        {boardProblem.value !== undefined && (
          <p class="banner danger" role="alert">
            {sentenceOf(boardProblem.value)}
          </p>
        )}
        {asOf.value === undefined && view.value !== 'print' && <DayNote />}
        <Calendars />
        {asOf.value === undefined && <Shelf />}
      </main>
      <Panel />
      <Notices />
      <AskWhetherTold />
      <ProofDialog />
    </div>
  );
}

function staleWords(): string {
  const time = clock(lastKnownAt(), timeZone.value);
  if (live.state.value !== 'offline') return words.value.top.stale({ time });
  return words.value.top.known({ time });
}

function Calendars() {
  if (isFirstLook.value && live.state.value === 'offline') return <p class="nothing soft">{words.value.top.neverSeen}</p>;
  if (asOf.value !== undefined) return <PastDay at={asOf.value} />;
  if (view.value === 'print') return <PrintView />;
  if (view.value === 'agenda') return <Agenda />;
  return view.value === 'month' ? <Month /> : <DayGrid />;
}

/** Sends a customer who opens the staff page to their own. */
function NotForCustomers() {
  const text = words.value.top;
  return (
    <main class="entrance">
      <section class="card entrance-card">
        <h1>{text.forStaff}</h1>
        <p class="soft">{text.asCustomer}</p>
        <a class="button primary" href="/account">
          {text.mine}
        </a>
        <button type="button" class="button quiet" onClick={() => void logOut()}>
          {text.someoneElse}
        </button>
      </section>
    </main>
  );
}
