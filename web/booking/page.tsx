import { useEffect, useRef } from 'preact/hooks';
import { Announcements } from '../kit/announcing.tsx';
import { isEmbedded, type Problem } from '../kit/api.ts';
import { Lost } from '../kit/connection.tsx';
import { LanguagePicker } from '../kit/languages.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { hasOpened } from './address.ts';
import { appointment, linkProblem } from './appointment.ts';
import { Choices } from './choices.tsx';
import { service } from './choosing.ts';
import { Confirmation } from './confirmation.tsx';
import { DetailsForm } from './details-form.tsx';
import { live } from './free-times.ts';
import { asking, keep, payLost, stage } from './keeping.ts';
import { chooseLanguage, words } from './languages.ts';
import { MoveStep } from './move-step.tsx';
import { PayStep } from './pay-step.tsx';
import { RefusalNotice } from './refusal-notice.tsx';
import { Place, Summary } from './summary.tsx';
import { When } from './when.tsx';

export function Page({ onRetry }: { readonly onRetry: () => Promise<void> }) {
  const main = useRef<HTMLElement>(null);
  const isLoaded = shop.value.state === 'ready' && hasOpened.value;
  const text = words.value.page;
  return (
    <>
      {/* No link: a new entry in the history would lead away from what is held. */}
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {text.skip}
      </button>
      <Top />
      <main id="main" tabIndex={-1} ref={main}>
        {!isLoaded && shop.value.state !== 'failed' && <Opening />}
        {shop.value.state === 'failed' && (
          <div class="banner danger" role="alert">
            <p>{sentenceOf(shop.value.problem)}</p>
            <button type="button" class="button" onClick={() => void onRetry()}>
              {text.tryAgain}
            </button>
          </div>
        )}
        {isLoaded && stage.value !== 'booked' && <Lost state={live.state.value}>{text.mayHaveChanged}</Lost>}
        {isLoaded && <Stage />}
      </main>
      <Announcements />
    </>
  );
}

function Top() {
  const text = words.value.page;
  const who = session.value;
  return (
    <header class="top">
      <p class="wordmark">{shop.value.state === 'ready' ? shop.value.value.business.name : ' '}</p>
      <div class="top-side">
        <LanguagePicker label={text.language} onChoose={chooseLanguage} />
        {who.state !== 'opening' && !isEmbedded && (
          <a class="button quiet" href="/account">
            {who.state === 'out' ? text.logIn : who.user.role === 'customer' ? text.mine : text.account}
          </a>
        )}
      </div>
    </header>
  );
}

function Stage() {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(stage.value);
  const at = stage.value;
  // Moves the focus to the new heading, for users who cannot see that the page has changed.
  useEffect(() => {
    if (shown.current === at) return;
    shown.current = at;
    heading.current?.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }, [at]);
  const made = appointment.value;
  return (
    <div class="stage" data-stage={at}>
      <div class="work" data-whole={at !== 'choosing' || service.value === undefined || undefined}>
        {linkProblem.value !== undefined && (
          <p class="banner danger" role="alert">
            {words.value.page.cannotShow} {linkSentence(linkProblem.value)}
          </p>
        )}
        {at === 'choosing' && <Choosing heading={heading} />}
        {at === 'details' && <DetailsForm heading={heading} />}
        {at === 'paying' && <PayStep heading={heading} />}
        {at === 'moving' && made !== undefined && <MoveStep heading={heading} made={made} />}
        {at === 'booked' && made !== undefined && <Confirmation heading={heading} made={made} />}
      </div>
      {at !== 'booked' && at !== 'moving' && <Summary />}
    </div>
  );
}

function Choosing({ heading }: Parameters<typeof DetailsForm>[0]) {
  const text = words.value.page;
  return (
    <>
      <div class="intro">
        <h1 ref={heading} tabIndex={-1}>
          {text.heading}
        </h1>
        <p class="soft">{text.lead}</p>
      </div>
      {payLost.value !== undefined && (
        <p class="banner" role="alert">
          {text.payLost} {payLost.value === 'paid-back' ? text.paidBack : text.notCharged}
        </p>
      )}
      <Choices />
      {service.value !== undefined && (
        <When picking={{ asking: asking.value, pick: (startsAt) => void keep(startsAt) }}>
          <RefusalNotice />
        </When>
      )}
      <Place />
    </>
  );
}

/** A token that the server refuses was also changed on its way. */
function linkSentence(problem: Problem | 'malformed'): string {
  const isBroken = problem === 'malformed' || problem.code === 'forbidden' || problem.code === 'invalid-request';
  return isBroken ? words.value.page.brokenLink : sentenceOf(problem);
}

function Opening() {
  return (
    <div class="opening" aria-busy="true">
      <p class="only-heard">{words.value.page.loading}</p>
      <div class="loading" />
      <div class="loading" />
      <div class="loading" />
    </div>
  );
}
