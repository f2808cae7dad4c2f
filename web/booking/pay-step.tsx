import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Field } from '../kit/field.tsx';
import { clockRange, countdown, longDay, money } from '../kit/money-and-time.ts';
import { useTick } from '../kit/ticking.ts';
import { timeZone } from './choosing.ts';
import { giveUpPaying, kept } from './keeping.ts';
import { leftToPay, type Paying, paying, payMessage, payStep, payWithTestCard } from './paying.ts';
import { openStripeForm, type StripeForm } from './stripe-form.ts';

const TICK_MILLISECONDS = 500;
const TEST_CARD = '4242 4242 4242 4242';

/** The customer pays what is due. Leaving it for another time gives the time back. */
export function PayStep({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const at = paying.value;
  const hold = kept.value;
  if (at === null) return null;
  return (
    <>
      <div class="intro">
        <h1 ref={heading} tabIndex={-1}>
          Pay {money(at.begun.amount)}
        </h1>
        {hold !== undefined && (
          <p class="soft">
            {longDay(Date.parse(hold.startsAt), timeZone.value)}, {clockRange(Date.parse(hold.startsAt), Date.parse(hold.endsAt), timeZone.value)}.{' '}
            {hold.price !== undefined &&
              hold.price.amount > at.begun.amount.amount &&
              `The remaining ${money({ ...hold.price, amount: hold.price.amount - at.begun.amount.amount })} is paid at your visit.`}
          </p>
        )}
        <TimeToPay at={at} />
      </div>
      {payMessage.value !== undefined && (
        <p class="banner danger" role="alert">
          {payMessage.value}
        </p>
      )}
      {payStep.value === 'checking' ? <p role="status">We are checking the payment. You can leave this page open or close it.</p> : <Card at={at} />}
      {payStep.value !== 'checking' && (
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => void giveUpPaying()}>
            Choose another time
          </button>
        </div>
      )}
    </>
  );
}

function TimeToPay({ at }: { readonly at: Paying }) {
  useTick(TICK_MILLISECONDS);
  const left = leftToPay(at);
  return (
    <div class="countdown">
      <p>
        We are holding this time for you for{' '}
        <strong role="timer" aria-live="off">
          {countdown(Math.max(0, left))}
        </strong>
        . It is booked as soon as it is paid.
      </p>
    </div>
  );
}

function Card({ at }: { readonly at: Paying }) {
  if (at.begun.provider === 'test') return <TestCard at={at} />;
  if (at.begun.publishableKey === null)
    return (
      <p class="banner" role="alert">
        This page cannot take cards. Please call us.
      </p>
    );
  return <StripeCard at={at} publishableKey={at.begun.publishableKey} />;
}

/** No real money: a number of a test card is all it takes. */
function TestCard({ at }: { readonly at: Paying }) {
  const card = useSignal(TEST_CARD);
  const isBusy = payStep.value === 'sending';
  if (payStep.value === 'confirm')
    return (
      <section class="card" aria-label="Your bank asks">
        <p>Your bank asks whether you pay {money(at.begun.amount)}. (A test: nobody is asked.)</p>
        <div class="actions">
          <button type="button" class="button primary" onClick={() => void payWithTestCard(card.value, true)}>
            Yes, confirm
          </button>
          <button type="button" class="button" onClick={() => void payWithTestCard(card.value, false)}>
            No
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
        void payWithTestCard(card.value);
      }}
    >
      <Field
        id="card"
        label="Test card"
        mode="numeric"
        value={card.value}
        onInput={(value) => {
          card.value = value;
        }}
        wrong={undefined}
        hint="No money moves here. 4000 0025 0000 3155 asks to confirm, 4000 0000 0000 0002 is declined."
      />
      <button type="submit" class="button primary" aria-busy={isBusy || undefined}>
        Pay {money(at.begun.amount)}
      </button>
    </form>
  );
}

function StripeCard({ at, publishableKey }: { readonly at: Paying; readonly publishableKey: string }) {
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
          payMessage.value = 'The form for cards could not be loaded. Please check your connection and reload the page.';
        },
      );
    return () => {
      isGone = true;
      form.value?.destroy();
    };
  }, [clientSecret]);
  const pay = async () => {
    if (form.value === undefined || payStep.value !== 'card') return;
    payStep.value = 'sending';
    payMessage.value = await form.value.confirm();
    payStep.value = payMessage.value === undefined ? 'checking' : 'card';
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
        Pay {money(at.begun.amount)}
      </button>
    </form>
  );
}
