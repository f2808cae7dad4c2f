import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { fieldError } from '../api.ts';
import { Field } from '../field.tsx';
import { clock, clockRange, longDay } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { session } from '../session.ts';
import { staffName } from '../shop.ts';
import { service, timeZone } from './choosing.ts';
import { HoldCountdown } from './hold-countdown.tsx';
import { back, book, booking, bookProblem, type Details, hasRunOut, type Kept, keepAgain, kept } from './keeping.ts';

/** Whom the appointment is for. What has been typed survives a time that ran out. */
export function DetailsForm({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const hold = kept.value;
  const details = useSignal<Details>({ ...whoIsHere(), phone: '', notes: '' });
  const isChecked = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const problem = bookProblem.value;
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [problem]);
  if (hold === undefined) return null;
  const send = (event: Event) => {
    event.preventDefault();
    isChecked.value = true;
    if (missing(details.value) === undefined) void book(details.value);
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  const blamed = problem?.errors?.some((error) => /^(customer\.|notes)/.test(error.path)) ?? false;
  return (
    <>
      <DetailsHeading heading={heading} hold={hold} />
      {problem !== undefined && !hasRunOut.value && (
        <p class="banner danger" role="alert">
          {blamed ? 'Please look at the marked fields.' : sentenceOf(problem)}
        </p>
      )}
      <form class="details" ref={form} noValidate onSubmit={send}>
        <Fields details={details} isChecked={isChecked.value} />
        <div class="actions">
          <button type="submit" class="button primary" aria-busy={booking.value === 'in-flight' || undefined} disabled={hasRunOut.value}>
            {service.value?.approval === 'manual' ? 'Ask for this time' : 'Book'} {clock(Date.parse(hold.startsAt), timeZone.value)}
          </button>
          <button type="button" class="button quiet" onClick={() => void back()}>
            Choose another time
          </button>
        </div>
      </form>
    </>
  );
}

function DetailsHeading({ heading, hold }: { readonly heading: RefObject<HTMLHeadingElement | null>; readonly hold: Kept }) {
  const from = Date.parse(hold.startsAt);
  return (
    <div class="intro">
      <h1 ref={heading} tabIndex={-1}>
        <span class="whole">{longDay(from, timeZone.value)},</span> <span class="whole">{clockRange(from, Date.parse(hold.endsAt), timeZone.value)}</span>
      </h1>
      <p class="soft">
        {service.value?.name} with {staffName(hold.staffId)}
      </p>
      {hasRunOut.value ? (
        <div class="banner" role="alert">
          <p>The time we kept for you has run out. What you have typed is still here.</p>
          <button type="button" class="button" onClick={() => void keepAgain()}>
            Keep it again
          </button>
        </div>
      ) : (
        <HoldCountdown hold={hold} />
      )}
    </div>
  );
}

function Fields({ details, isChecked }: { readonly details: Signal<Details>; readonly isChecked: boolean }) {
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
      <Field id="name" label="Name" autoComplete="name" {...bind('name')} wrong={wrong?.name ?? fieldError(problem, 'customer.name')} />
      <Field id="email" label="E-mail" mode="email" autoComplete="email" {...bind('email')} wrong={wrong?.email ?? fieldError(problem, 'customer.email')} />
      <Field id="phone" label="Phone" mode="tel" autoComplete="tel" isOptional {...bind('phone')} wrong={fieldError(problem, 'customer.phone')} />
      <Field id="notes" label="Anything we should know?" isOptional isLong {...bind('notes')} wrong={fieldError(problem, 'notes')} />
    </>
  );
}

/** Customers who are logged in book for themselves; staff at this page book for somebody else. */
function whoIsHere(): Pick<Details, 'name' | 'email'> {
  const here = session.value;
  return here.state === 'in' && here.user.role === 'customer' ? { name: here.user.name, email: here.user.email } : { name: '', email: '' };
}

/** Only what is obviously missing; the server judges the rest. */
function missing({ name, email }: Details): { readonly name?: string; readonly email?: string } | undefined {
  const wrong = {
    ...(name.trim() === '' ? { name: 'Please tell us your name.' } : {}),
    ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: 'Please give an e-mail address, as in ada@example.org.' }),
  };
  return Object.keys(wrong).length === 0 ? undefined : wrong;
}
