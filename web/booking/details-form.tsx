import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Field, wrongOf } from '../kit/field.tsx';
import { clock, clockRange, longDay } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { staffName } from '../kit/shop.ts';
import { service, timeZone } from './choosing.ts';
import { type Details, details } from './draft.ts';
import { HoldCountdown } from './hold-countdown.tsx';
import { asking, back, book, booking, bookProblem, hasRunOut, isUnsureOfKeeping, type Kept, keepAgain, kept } from './keeping.ts';
import { isBeginning } from './paying.ts';
import { code, codeProblem, codeSentence, forgetCode, isSendingCode, needsCode, sendCode, sentCode } from './proof.ts';
import { digitsOf, isComplete, ProofField } from './proof-field.tsx';

/** The customer's details. Input survives an expired hold, another time, and a reload. */
export function DetailsForm({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const hold = kept.value;
  const isChecked = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const problem = bookProblem.value ?? codeProblem.value;
  const isUnsure = booking.value === 'unsure';
  useEffect(fillIn, []);
  useEffect(forgetCode, [hold?.id]);
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [problem]);
  if (hold === undefined) return null;
  const send = (told: { readonly allowOverlap?: true } = {}) => {
    isChecked.value = true;
    const { email } = details.value;
    if (missing(details.value) !== undefined) showWrong();
    else if (!needsCode()) void book(details.value, told);
    else if (sentCode(hold, email) === undefined) {
      isChecked.value = false;
      void sendCode(hold, email);
    } else if (isComplete(code.value)) void book(details.value, { proofCode: digitsOf(code.value), ...told });
    else showWrong();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    send();
  };
  const showWrong = () => {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const isCodeWanted = needsCode();
  const blamed = problem?.errors?.some((error) => /^(customer\.|notes|proofCode|email$)/.test(error.path)) ?? false;
  return (
    <>
      <DetailsHeading heading={heading} hold={hold} />
      {problem !== undefined && !hasRunOut.value && (
        <p class="banner danger" role="alert">
          {blamed ? 'Please check the marked fields.' : (bookProblem.value === undefined ? codeSentence : sentenceOf)(problem)}
        </p>
      )}
      {bookProblem.value?.code === 'customer-busy' && !hasRunOut.value && (
        <button type="button" class="button" onClick={() => send({ allowOverlap: true })}>
          Book it anyway
        </button>
      )}
      <form class="details" ref={form} noValidate onSubmit={submit}>
        <fieldset class="details-fields" disabled={isUnsure}>
          <legend class="only-heard">Who is coming</legend>
          <Fields isChecked={isChecked.value} />
          {isCodeWanted && <ProofField key={hold.id} hold={hold} email={details.value.email} isChecked={isChecked.value} />}
        </fieldset>
        <div class="actions">
          <button
            type="submit"
            class="button primary"
            aria-busy={booking.value !== 'idle' || isSendingCode.value || isBeginning.value || undefined}
            disabled={hasRunOut.value || isUnsure}
          >
            {isCodeWanted && sentCode(hold, details.value.email) === undefined ? 'Send me a code for' : actWords()}{' '}
            {clock(Date.parse(hold.startsAt), timeZone.value)}
          </button>
          <button type="button" class="button quiet" onClick={() => void back()}>
            Choose another time
          </button>
        </div>
      </form>
    </>
  );
}

function actWords(): string {
  if (kept.value?.due !== undefined) return 'Pay and book';
  return service.value?.approval === 'manual' ? 'Request' : 'Book';
}

function DetailsHeading({ heading, hold }: { readonly heading: RefObject<HTMLHeadingElement | null>; readonly hold: Kept }) {
  const from = Date.parse(hold.startsAt);
  return (
    <div class="intro">
      <h1 ref={heading} tabIndex={-1}>
        <span class="whole">{longDay(from, timeZone.value)},</span> <span class="whole">{clockRange(from, Date.parse(hold.endsAt), timeZone.value)}</span>
      </h1>
      <p class="soft">
        {hold.serviceName ?? service.value?.name} with {hold.staffName ?? staffName(hold.staffId)}
      </p>
      <WhatIsKnown hold={hold} />
    </div>
  );
}

function WhatIsKnown({ hold }: { readonly hold: Kept }) {
  if (booking.value === 'unsure') return <NotSure>We do not know yet whether this time is booked for you.</NotSure>;
  if (isUnsureOfKeeping.value) return <NotSure>We do not know yet whether this time is held for you again.</NotSure>;
  if (!hasRunOut.value) return <HoldCountdown hold={hold} />;
  return (
    <div class="banner" role="alert">
      <p>Your hold on this time has expired. What you typed is still here.</p>
      <button type="button" class="button" aria-busy={asking.value !== undefined || undefined} onClick={() => void keepAgain()}>
        Hold it again
      </button>
    </div>
  );
}

function Fields({ isChecked }: { readonly isChecked: boolean }) {
  const problem = bookProblem.value;
  const wrong = isChecked ? missing(details.value) : undefined;
  const bind = (name: keyof Details) => ({
    value: details.value[name],
    onInput: (value: string) => {
      details.value = { ...details.value, [name]: value };
    },
  });
  return (
    <>
      <Field id="name" label="Name" autoComplete="name" {...bind('name')} wrong={wrong?.name ?? wrongOf(problem, 'customer.name', 'The name')} />
      <Field
        id="email"
        label="E-mail"
        mode="email"
        autoComplete="email"
        {...bind('email')}
        wrong={wrong?.email ?? wrongOf(problem, 'customer.email', 'The e-mail address') ?? wrongOf(codeProblem.value, 'email', 'The e-mail address')}
      />
      <Field
        id="phone"
        label="Phone"
        mode="tel"
        autoComplete="tel"
        isOptional
        {...bind('phone')}
        wrong={wrongOf(problem, 'customer.phone', 'The phone number')}
      />
      <Field id="notes" label="Anything we should know?" isOptional isLong {...bind('notes')} wrong={wrongOf(problem, 'notes', 'This')} />
    </>
  );
}

/** Logged-in customers book for themselves; staff on this page book for others. */
function fillIn(): void {
  const here = session.value;
  const { name, email } = details.value;
  if (here.state === 'in' && here.user.role === 'customer' && name === '' && email === '') {
    details.value = { ...details.value, name: here.user.name, email: here.user.email };
  }
}

/** Only what is obviously missing; the server judges the rest. */
function missing({ name, email }: Details): { readonly name?: string; readonly email?: string } | undefined {
  const wrong = {
    ...(name.trim() === '' ? { name: 'Please enter your name.' } : {}),
    ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: 'Please enter an e-mail address, such as ada@example.org.' }),
  };
  return Object.keys(wrong).length === 0 ? undefined : wrong;
}
