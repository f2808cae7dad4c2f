import { useEffect, useRef } from 'preact/hooks';
import { Announcements } from '../kit/announcing.tsx';
import type { Problem } from '../kit/api.ts';
import { Connection, Lost } from '../kit/connection.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { appointment, linkProblem } from './appointment.ts';
import { Choices } from './choices.tsx';
import { live } from './choosing.ts';
import { Confirmation } from './confirmation.tsx';
import { DetailsForm } from './details-form.tsx';
import { payLost, stage } from './keeping.ts';
import { PayStep } from './pay-step.tsx';
import { Summary } from './summary.tsx';

export function Page({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  const loaded = shop.value.state === 'ready' ? shop.value.value : undefined;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the booking
      </a>
      <header class="top">
        <p class="wordmark">{loaded?.business.name ?? ' '}</p>
        <div class="top-side">
          {loaded !== undefined && <Connection state={live.state.value} />}
          {session.value.state !== 'opening' && (
            <a class="button quiet" href="/account">
              {session.value.state === 'in' ? 'My account' : 'Log in'}
            </a>
          )}
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {shop.value.state === 'loading' && <Opening />}
        {shop.value.state === 'failed' && (
          <div class="banner danger" role="alert">
            <p>{sentenceOf(shop.value.problem)}</p>
            <button type="button" class="button" onClick={() => void onRetry()}>
              Try again
            </button>
          </div>
        )}
        {loaded !== undefined && stage.value !== 'booked' && <Lost state={live.state.value}>The times may have changed.</Lost>}
        {loaded !== undefined && <Stage />}
      </main>
      <Announcements />
    </>
  );
}

function Stage() {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(stage.value);
  // Moves the focus to the new heading, for users who cannot see that the page has changed.
  useEffect(() => {
    if (shown.current === stage.value) return;
    shown.current = stage.value;
    heading.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [stage.value]);
  return (
    <div class="stage" data-stage={stage.value}>
      <div class="work">
        {linkProblem.value !== undefined && (
          <p class="banner danger" role="alert">
            We cannot show the appointment from this link. {linkSentence(linkProblem.value)}
          </p>
        )}
        {stage.value === 'choosing' && (
          <>
            <div class="intro">
              <h1 ref={heading} tabIndex={-1}>
                Book a time
              </h1>
              <p class="soft">Free times are live: what you see can be booked.</p>
            </div>
            {payLost.value !== undefined && (
              <p class="banner" role="alert">
                The time to pay was over, and nothing is booked.{' '}
                {payLost.value === 'paid-back' ? 'What you have paid goes back to your card.' : 'Nothing was charged.'}
              </p>
            )}
            <Choices />
          </>
        )}
        {stage.value === 'details' && <DetailsForm heading={heading} />}
        {stage.value === 'paying' && <PayStep heading={heading} />}
        {stage.value === 'booked' && appointment.value !== undefined && <Confirmation heading={heading} made={appointment.value} />}
      </div>
      {stage.value !== 'booked' && <Summary />}
    </div>
  );
}

const BROKEN_LINK = 'Part of the link is missing or was changed. Please open the original link again.';

/** A token that the server refuses was also changed on its way. */
function linkSentence(problem: Problem | 'malformed'): string {
  return problem === 'malformed' || problem.code === 'forbidden' || problem.code === 'invalid-request' ? BROKEN_LINK : sentenceOf(problem);
}

function Opening() {
  return (
    <div class="opening" aria-busy="true">
      <p class="only-heard">Loading</p>
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}
