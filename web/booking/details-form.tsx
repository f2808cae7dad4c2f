import { signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CARD_DAYS } from '../../src/model/payment-words.ts';
import type { Question } from '../../src/model/questions.ts';
import { Field } from '../kit/field.tsx';
import { say } from '../kit/language.ts';
import { clock, clockRange, longDay, money } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { openShop, staffName } from '../kit/shop.ts';
import { service, timeZone } from './choosing.ts';
import { answers, type Details, details } from './draft.ts';
import { asking, back, book, booking, bookProblem, hasRunOut, isUnsureOfKeeping, type Kept, keepAgain, kept } from './keeping.ts';
import { words } from './languages.ts';
import { isBeginning } from './paying.ts';
import { code, codeProblem, codeSentence, forgetCode, isSendingCode, needsCode, sendCode, sentCode } from './proof.ts';
import { digitsOf, isComplete, ProofField, wrongField } from './proof-field.tsx';
import { ReserveNote } from './reserve-note.tsx';
import { isGivingVoucher, VoucherField } from './voucher-field.tsx';

const FORM = 'details';
/** Whether the form was sent, so that what is missing in it is marked. */
const isChecked = signal(false);

/** The customer's details. Input survives an expired hold, another time, and a reload. */
export function DetailsForm({ heading }: { readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const hold = kept.value;
  const form = useRef<HTMLFormElement>(null);
  const text = words.value.details;
  const problem = bookProblem.value ?? codeProblem.value;
  const showWrong = () => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  useEffect(open, []);
  useEffect(forgetCode, [hold?.id]);
  useEffect(showWrong, [problem]);
  if (hold === undefined) return null;
  const send = (told: { readonly allowOverlap?: true } = {}) => {
    if (!submit(hold, told)) requestAnimationFrame(showWrong);
  };
  const isCodeWanted = needsCode();
  const blamed = problem?.errors?.some((error) => /^(customer\.|notes|answers\.|proofCode|email$)/.test(error.path)) ?? false;
  return (
    <>
      <DetailsHeading heading={heading} hold={hold} />
      {booking.value !== 'unsure' && <VoucherField hold={hold} />}
      {problem !== undefined && !hasRunOut.value && (
        <p class="banner danger" role="alert">
          {blamed ? text.checkMarked : (bookProblem.value === undefined ? codeSentence : sentenceOf)(problem)}
        </p>
      )}
      {bookProblem.value?.code === 'customer-busy' && !hasRunOut.value && (
        <button type="button" class="button" onClick={() => send({ allowOverlap: true })}>
          {text.bookAnyway}
        </button>
      )}
      <form
        class="details"
        id={FORM}
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <fieldset class="details-fields" disabled={booking.value === 'unsure'}>
          <legend class="only-heard">{text.who}</legend>
          <Fields />
          <Intake />
          {isCodeWanted && <ProofField key={hold.id} hold={hold} email={details.value.email} isChecked={isChecked.value} />}
        </fieldset>
        <div class="actions">
          <button type="button" class="button quiet" onClick={() => void back()}>
            {words.value.times.another}
          </button>
        </div>
      </form>
    </>
  );
}

/** What the service asks. Loaded where there is something to ask; until it is there, nothing can be sent. */
const intake = signal<Pick<typeof import('../kit/questions.tsx'), 'Questions' | 'answersToSend'> | undefined>(undefined);

function questionsOfHeld(): readonly Question[] {
  const held = kept.value?.serviceId;
  return openShop().services.find(({ id }) => id === held)?.questions ?? [];
}

function Intake() {
  const questions = questionsOfHeld();
  const isAsking = questions.length > 0;
  useEffect(() => {
    if (!isAsking) return;
    void import('../kit/questions.tsx').then(({ Questions, answersToSend }) => {
      intake.value = { Questions, answersToSend };
    });
  }, [isAsking]);
  const parts = intake.value;
  if (!isAsking) return null;
  if (parts === undefined) return <div class="loading" aria-busy="true" />;
  return (
    <parts.Questions
      questions={questions}
      answers={answers.value}
      isChecked={isChecked.value}
      problem={bookProblem.value}
      onAnswer={(given) => {
        answers.value = given;
      }}
    />
  );
}

/** False: something is missing, and is marked now. */
function submit(hold: Kept, withOverlap: { readonly allowOverlap?: true }): boolean {
  const { email } = details.value;
  isChecked.value = true;
  const questions = questionsOfHeld();
  const said = questions.length === 0 ? {} : intake.value?.answersToSend(questions, answers.value);
  if (missing(details.value) !== undefined || said === undefined) return false;
  const told = { ...withOverlap, ...(Object.keys(said).length > 0 && { answers: said }) };
  if (!needsCode()) void book(details.value, told);
  else if (sentCode(hold, email) === undefined) {
    isChecked.value = false;
    void sendCode(hold, email);
  } else if (isComplete(code.value)) void book(details.value, { proofCode: digitsOf(code.value), ...told });
  else return false;
  return true;
}

/** Sends the form from wherever it stands on the page. */
export function BookButton() {
  const hold = kept.value;
  if (hold === undefined) return null;
  const text = words.value.details;
  const isCodeWanted = needsCode() && sentCode(hold, details.value.email) === undefined;
  const act =
    hold.due?.amount === 0
      ? text.keepCard
      : hold.policy?.reserves
        ? text.reserve
        : hold.due !== undefined
          ? text.pay
          : service.value?.approval === 'manual'
            ? text.request
            : text.book;
  return (
    <button
      type="submit"
      form={FORM}
      class="button primary"
      aria-busy={booking.value !== 'idle' || isSendingCode.value || isBeginning.value || undefined}
      disabled={hasRunOut.value || booking.value === 'unsure' || isGivingVoucher.value}
    >
      {say(isCodeWanted ? text.sendCode : act, { time: clock(Date.parse(hold.startsAt), timeZone.value) })}
    </button>
  );
}

function DetailsHeading({ heading, hold }: { readonly heading: RefObject<HTMLHeadingElement | null>; readonly hold: Kept }) {
  const from = Date.parse(hold.startsAt);
  const name = hold.staffName ?? staffName(hold.staffId);
  return (
    <div class="intro">
      <h1 ref={heading} tabIndex={-1}>
        <span class="whole">{longDay(from, timeZone.value)},</span> <span class="whole">{clockRange(from, Date.parse(hold.endsAt), timeZone.value)}</span>
      </h1>
      <p class="soft">{say(words.value.details.service, { service: hold.serviceName ?? service.value?.name ?? '', name })}</p>
      <ReserveNote hold={hold} />
      <FeeNote hold={hold} />
      <WhatIsKnown />
    </div>
  );
}

/** What a no-show costs, as it is agreed with the booking, and what a card is kept for. */
export function FeeNote({ hold }: { readonly hold: Kept }) {
  const { noShowFee: fee, keepsCard } = hold.policy ?? {};
  const { noShow, noShowCard } = words.value.bar;
  if (fee === undefined) return null;
  return <p>{say(keepsCard ? noShowCard : noShow, { amount: money(fee), days: CARD_DAYS })}</p>;
}

function WhatIsKnown() {
  const text = words.value.hold;
  if (booking.value === 'unsure') return <NotSure>{text.unsureBooked}</NotSure>;
  if (isUnsureOfKeeping.value) return <NotSure>{text.unsureAgain}</NotSure>;
  if (!hasRunOut.value) return null;
  return (
    <div class="banner" role="alert">
      <p>{text.expiredForm}</p>
      <button type="button" class="button" aria-busy={asking.value !== undefined || undefined} onClick={() => void keepAgain()}>
        {text.again}
      </button>
    </div>
  );
}

function Fields() {
  const text = words.value.details;
  const problem = bookProblem.value;
  const wrong = isChecked.value ? missing(details.value) : undefined;
  const bind = (name: keyof Details) => ({
    value: details.value[name],
    onInput: (value: string) => {
      details.value = { ...details.value, [name]: value };
    },
  });
  const wrongName = wrong?.name ?? wrongField(problem, 'customer.name', 'The name', text.wrongName);
  const wrongEmail =
    wrong?.email ??
    wrongField(problem, 'customer.email', 'The e-mail address', text.wrongEmail) ??
    wrongField(codeProblem.value, 'email', 'The e-mail address', text.wrongEmail);
  const wrongPhone = wrongField(problem, 'customer.phone', 'The phone number', text.wrongPhone);
  return (
    <>
      <Field id="name" label={text.name} autoComplete="name" {...bind('name')} wrong={wrongName} />
      <Field id="email" label={text.email} mode="email" autoComplete="email" {...bind('email')} wrong={wrongEmail} />
      <Field id="phone" label={text.phone} mode="tel" autoComplete="tel" isOptional {...bind('phone')} wrong={wrongPhone} />
      <Field id="notes" label={text.notes} isOptional isLong {...bind('notes')} wrong={wrongField(problem, 'notes', 'This', text.wrongNotes)} />
    </>
  );
}

/** Logged-in customers book for themselves; staff on this page book for others. */
function open(): void {
  isChecked.value = false;
  const here = session.value;
  const { name, email } = details.value;
  if (here.state === 'in' && here.user.role === 'customer' && name === '' && email === '') {
    details.value = { ...details.value, name: here.user.name, email: here.user.email };
  }
}

/** Only what is obviously missing; the server judges the rest. */
function missing({ name, email }: Details): { readonly name?: string; readonly email?: string } | undefined {
  const { nameMissing, emailMissing } = words.value.details;
  const wrong = {
    ...(name.trim() === '' ? { name: nameMissing } : {}),
    ...(/^\S+@\S+\.\S+$/.test(email.trim()) ? {} : { email: emailMissing }),
  };
  return Object.keys(wrong).length === 0 ? undefined : wrong;
}
