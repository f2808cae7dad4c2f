import { Announcements } from '../announcing.tsx';
import { sentenceOf } from '../problem-sentences.ts';
import { session } from '../session.ts';
import { shop } from '../shop.ts';
import { DayGrid } from './day-grid.tsx';
import { Login } from './login.tsx';
import { Panel } from './panel.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import { Toolbar } from './toolbar.tsx';
import { boardProblem, live, locationId } from './watching.ts';

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
      <main id="day" tabIndex={-1}>
        <Lost />
        {boardProblem.value !== undefined && (
          <p class="banner danger" role="alert">
            {sentenceOf(boardProblem.value)}
          </p>
        )}
        <DayGrid />
      </main>
      <Panel />
      <RefusalNotice />
    </div>
  );
}

function Lost() {
  if (live.state.value !== 'reconnecting' && live.state.value !== 'offline') return null;
  return (
    <p class="banner lost" role="status">
      {live.state.value === 'offline' ? 'This device is offline.' : 'The connection was lost; we are trying again.'} The day below may have changed since.
    </p>
  );
}
