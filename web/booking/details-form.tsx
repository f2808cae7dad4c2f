import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { fieldError } from '../api.ts';
import { clock, clockRange, longDay } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { staffName } from '../shop.ts';
import { service, timeZone } from './choosing.ts';
import { HoldCountdown } from './hold-countdown.tsx';
import { back, book, booking, bookProblem, type Details, hasRunOut, type Kept, keepAgain, kept } from './keeping.ts';

/** Whom the appointment is for. What has been typed survives a time that ran out. */
export function DetailsForm({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const hold = kept.value;
  const details = useSignal<Details>({ name: '', email: '', phone: '', notes: '' });
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

/** Only what is obviously missing; the server judges the rest. */
function missing({ name, email }: Details): { readonly name?: string; readonly email?: string } | undefined {
  const wrong = {
    ...(name.trim() === '' ? { name: 'Please tell us your name.' } : {}),
    ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: 'Please give an e-mail address, as in ada@example.org.' }),
  };
  return Object.keys(wrong).length === 0 ? undefined : wrong;
}

type FieldProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly wrong: string | undefined;
  /** Which keyboard a phone shows. */
  readonly mode?: 'text' | 'email' | 'tel';
  readonly autoComplete?: 'name' | 'email' | 'tel' | 'off';
  readonly isOptional?: boolean;
  readonly isLong?: boolean;
};

function Field({ id, label, value, onInput, wrong, mode = 'text', autoComplete = 'off', isOptional = false, isLong = false }: FieldProps) {
  const shared = { id, name: id, value, 'aria-invalid': wrong !== undefined, ...(wrong === undefined ? {} : { 'aria-describedby': `${id}-wrong` }) };
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <span class="optional">(optional)</span>}
      </label>
      {isLong ? (
        <textarea {...shared} rows={3} maxLength={2000} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={mode}
          autoComplete={autoComplete}
          required={!isOptional}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {wrong !== undefined && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}
