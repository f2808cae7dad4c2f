import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Field } from '../kit/field.tsx';
import { say, sayWith } from '../kit/language.ts';
import { clockRange, countdown, longDay, money } from '../kit/money-and-time.ts';
import { priceWords } from '../kit/service-words.tsx';
import { useTick } from '../kit/ticking.ts';
import { timeZone } from './choosing.ts';
import { FeeNote } from './details-form.tsx';
import { giveUpPaying, kept } from './keeping.ts';
import { words } from './languages.ts';
import { leftToPay, mayBePaid, type Paying, paying, payMessage, payStep, payWithTestCard, sendCard, type ToPay } from './paying.ts';
import { ReserveNote } from './reserve-note.tsx';
import { openStripeForm, type StripeForm } from './stripe-form.ts';

const TICK_MILLISECONDS = 500;
const TEST_CARD = '4242 4242 4242 4242';

/** The customer pays what is due. Leaving it for another time gives the time back. */
export function PayStep({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const at = paying.value;
  const hold = kept.value;
  useTick(TICK_MILLISECONDS);
  if (at === null) return null;
  const isOver = leftToPay(at) <= 0;
  const text = words.value.pay;
  return (
    <>
      <div class="intro">
        <h1 ref={heading} tabIndex={-1}>
          {payHeading(at)}
        </h1>
        {hold !== undefined && (
          <p class="soft">
            {longDay(Date.parse(hold.startsAt), timeZone.value)}, {clockRange(Date.parse(hold.startsAt), Date.parse(hold.endsAt), timeZone.value)}.{' '}
            {isCardAlone(at) && text.keepNote}
            {hold.price !== undefined &&
              !isCardAlone(at) &&
              hold.price.amount > at.begun.amount.amount &&
              say(text.rest, { amount: priceWords({ ...hold.price, amount: hold.price.amount - at.begun.amount.amount }, hold.policy?.priceType) })}
          </p>
        )}
        {hold !== undefined && <ReserveNote hold={hold} />}
        {hold !== undefined && <FeeNote hold={hold} />}
        {!isOver && <TimeToPay at={at} />}
      </div>
      {payMessage.value !== undefined && !isOver && (
        <p class="banner danger" role="alert">
          {payMessage.value} {text.whileHeld}
        </p>
      )}
      {isOver && <p role="status">{text.over}</p>}
      {!isOver && (payStep.value === 'checking' ? <p role="status">{text.checking}</p> : <Card at={at} />)}
      {!mayBePaid.value && (
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => void giveUpPaying()}>
            {words.value.times.another}
          </button>
        </div>
      )}
    </>
  );
}

/** Nothing is due: the card is kept for a no-show fee. */
function isCardAlone({ begun }: ToPay): boolean {
  return begun.amount.amount === 0;
}

function payHeading(at: ToPay): string {
  const { cardHeading, heading, reserveHeading } = words.value.pay;
  return isCardAlone(at) ? cardHeading : say(at.begun.isReserved ? reserveHeading : heading, { amount: money(at.begun.amount) });
}

function TimeToPay({ at }: { readonly at: Paying }) {
  const { held, heldCard } = words.value.pay;
  return (
    <div class="countdown">
      <p>
        {sayWith(
          isCardAlone(at) || at.begun.isReserved ? heldCard : held,
          {
            b: (time) => (
              <strong role="timer" aria-live="off">
                {time}
              </strong>
            ),
          },
          { time: countdown(leftToPay(at)) },
        )}
      </p>
    </div>
  );
}

/** The form of the provider, or the one for test cards. */
export function Card({ at }: { readonly at: ToPay }) {
  if (at.begun.provider === 'test') return <TestCard at={at} />;
  if (at.begun.publishableKey === null)
    return (
      <p class="banner" role="alert">
        {words.value.pay.noCards}
      </p>
    );
  return <StripeCard at={at} publishableKey={at.begun.publishableKey} />;
}

/** No real money: a number of a test card is all it takes. */
function TestCard({ at }: { readonly at: ToPay }) {
  const text = words.value.pay;
  const card = useSignal(TEST_CARD);
  const isBusy = payStep.value === 'sending';
  if (payStep.value === 'confirm')
    return (
      <section class="card" aria-label={text.bank}>
        <p>{isCardAlone(at) ? text.bankAsksCard : say(text.bankAsks, { amount: money(at.begun.amount) })}</p>
        <div class="actions">
          <button type="button" class="button primary" onClick={() => void payWithTestCard(at, card.value, true)}>
            {text.confirm}
          </button>
          <button type="button" class="button" onClick={() => void payWithTestCard(at, card.value, false)}>
            {text.refuse}
          </button>
        </div>
      </section>
    );
  return (
    <form
      class="details"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void payWithTestCard(at, card.value);
      }}
    >
      <Field
        id="card"
        label={text.card}
        mode="numeric"
        value={card.value}
        onInput={(value) => {
          card.value = value;
        }}
        wrong={undefined}
        hint={text.cardHint}
      />
      <button type="submit" class="button primary" aria-busy={isBusy || undefined}>
        {isCardAlone(at) ? words.value.pay.keep : payHeading(at)}
      </button>
    </form>
  );
}

function StripeCard({ at, publishableKey }: { readonly at: ToPay; readonly publishableKey: string }) {
  const place = useRef<HTMLDivElement>(null);
  const form = useSignal<StripeForm | undefined>(undefined);
  const { clientSecret } = at.begun;
  useEffect(() => {
    let isGone = false;
    if (place.current !== null)
      void openStripeForm(place.current, publishableKey, clientSecret).then(
        (opened) => {
          if (isGone) opened.destroy();
          else form.value = opened;
        },
        () => {
          payMessage.value = words.value.pay.notLoaded;
        },
      );
    return () => {
      isGone = true;
      form.value?.destroy();
    };
  }, [clientSecret]);
  const pay = async () => {
    const opened = form.value;
    if (opened === undefined) return;
    await sendCard(async () => {
      const message = await opened.confirm();
      return { step: message === undefined ? 'checking' : 'card', message };
    });
  };
  return (
    <form
      class="details"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void pay();
      }}
    >
      <div ref={place} />
      <button type="submit" class="button primary" aria-busy={form.value === undefined || payStep.value === 'sending' || undefined}>
        {isCardAlone(at) ? words.value.pay.keep : payHeading(at)}
      </button>
    </form>
  );
}
