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

export function DeskPage({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  return (
    <>
      {session.value.state === 'opening' && <main class="opening" aria-busy="true" aria-label="Loading" />}
      {session.value.state === 'out' && <Login />}
      {session.value.state === 'in' && <Desk onRetry={onRetry} />}
      <Announcements />
    </>
  );
}

function Desk({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  if (isCustomer.value) return <NotForCustomers />;
  if (shop.value.state === 'failed') {
    return (
      <main class="alone">
        <h1 class="only-heard">Front desk</h1>
        <div class="banner danger" role="alert">
          <p>{sentenceOf(shop.value.problem)}</p>
          <button type="button" class="button" onClick={() => void onRetry()}>
            Try again
          </button>
        </div>
      </main>
    );
  }
  if (shop.value.state === 'loading' || locationId.value === '') return <main class="opening" aria-busy="true" aria-label="Loading" />;
  return (
    <div class="desk">
      <a class="skip" href="#day">
        Skip to the day
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
  const at = clock(lastKnownAt(), timeZone.value);
  if (live.state.value !== 'offline') return `The day below may have changed since ${at}.`;
  return `Shown is what was known at ${at}. Nothing can be changed until the connection is back.`;
}

function Calendars() {
  if (isFirstLook.value && live.state.value === 'offline') return <p class="nothing soft">These days were not looked at before the connection was lost.</p>;
  if (asOf.value !== undefined) return <PastDay at={asOf.value} />;
  if (view.value === 'print') return <PrintView />;
  if (view.value === 'agenda') return <Agenda />;
  return view.value === 'month' ? <Month /> : <DayGrid />;
}

/** Sends a customer who opens the staff page to their own. */
function NotForCustomers() {
  return (
    <main class="entrance">
      <section class="card entrance-card">
        <h1>The front desk is for staff</h1>
        <p class="soft">You are logged in as a customer.</p>
        <a class="button primary" href="/account">
          My appointments
        </a>
        <button type="button" class="button quiet" onClick={() => void logOut()}>
          Log in as someone else
        </button>
      </section>
    </main>
  );
}
