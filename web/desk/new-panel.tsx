import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { sumOf } from '../../src/model/add-ons.ts';
import { doneBy } from '../../src/model/staff-terms.ts';
import { AddOnsField } from '../kit/add-ons.tsx';
import type { Problem } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { clock, longDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { answersGiven, Questions } from '../kit/questions.tsx';
import { openShop, type Service } from '../kit/shop.ts';
import { minutesOf, momentOf } from '../kit/zoned-dates.ts';
import { ClockField, clockField } from './clock-field.tsx';
import type { Column } from './commands.ts';
import { CustomerFields, customerOf } from './customers/fields.tsx';
import { answerDraft, draft } from './draft.ts';
import { lastServiceId, ServiceChoice } from './find-time.tsx';
import { FormAnswer, useDeskForm } from './form-state.tsx';
import { look, lookAway } from './looking-at.ts';
import { keepInSight, PanelFrame } from './panel-frame.tsx';
import { StartChoice, useOfferedStarts } from './start-choice.tsx';
import { date, staffHere, timeZone } from './watching.ts';
import { WhoIsTold } from './who-is-told.tsx';
import { type Insisted, WhyNot } from './why-not.tsx';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

type Props = { readonly column: Column; readonly startsAt: number };
const BLOCK_MILLISECONDS = 3_600_000;

type Wished = { readonly serviceId: string | undefined; readonly addOnIds?: readonly string[] | undefined };

/** A walk-in, or blocked time. */
export function NewPanel({ column, startsAt, serviceId, addOnIds = [] }: Props & Wished) {
  const kind = useSignal<'appointment' | 'block'>('appointment');
  const text = words.value.fresh;
  const person = staffHere.value.find(({ id }) => id === column.staffId);
  useEffect(() => keepInSight(bodyOf(column.calendarId, startsAt)), [column.calendarId, startsAt]);
  return (
    <PanelFrame
      title={text.newWith({ name: person?.name ?? text.thisPerson })}
      focus={serviceId !== undefined && draft.value.known === undefined ? '#new-name' : undefined}
    >
      <p class="soft">{longDay(startsAt, timeZone.value)}</p>
      <fieldset class="kinds">
        <legend class="only-heard">{text.what}</legend>
        <Kind kind={kind} value="appointment" label={text.appointment} />
        <Kind kind={kind} value="block" label={text.block} />
      </fieldset>
      {kind.value === 'appointment' ? (
        <AppointmentForm
          column={column}
          startsAt={startsAt}
          wishedService={serviceId ?? lastServiceId.value}
          wishedAddOns={addOnIds}
          services={openShop().services.filter(({ id, active }) => active && person?.serviceIds.includes(id))}
        />
      ) : (
        <BlockForm column={column} startsAt={startsAt} />
      )}
    </PanelFrame>
  );
}

/** Of the day where the time is, in a view of several. */
function bodyOf(calendarId: string, at: number): Element | null {
  const bodies = [...document.querySelectorAll<HTMLElement>('.column-body')];
  return bodies.find(({ dataset }) => dataset.calendar === calendarId && Number(dataset.startsAt) <= at && at < Number(dataset.endsAt)) ?? null;
}

type KindProps = { readonly kind: Signal<'appointment' | 'block'>; readonly value: 'appointment' | 'block'; readonly label: string };

function Kind({ kind, value, label }: KindProps) {
  return (
    <label class="kind">
      <input
        type="radio"
        name="kind"
        checked={kind.value === value}
        onChange={() => {
          kind.value = value;
        }}
      />
      <span>{label}</span>
    </label>
  );
}

/** Fields that show their own errors. */
const MARKED = ['seats', 'customer.id', 'customer.name', 'customer.email', 'customer.phone', 'staffNotes', 'voucherCode'];

type FormProps = Props & { readonly services: readonly Service[]; readonly wishedService: string | undefined; readonly wishedAddOns: readonly string[] };

function AppointmentForm({ column, startsAt: wished, services, wishedService, wishedAddOns }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const serviceId = useSignal((services.find(({ id }) => id === wishedService) ?? services[0])?.id ?? '');
  const startsAt = useSignal(wished);
  const seats = useSignal('1');
  const ticked = useSignal(wishedAddOns);
  const voucherCode = useSignal('');
  const offer = services.find(({ id }) => id === serviceId.value);
  const addOns = offer?.addOns.filter(({ id }) => ticked.value.includes(id)) ?? [];
  const addOnIds = addOns.map(({ id }) => id);
  const state = useDeskForm('new', lookAway);
  const offered = useOfferedStarts({ serviceId: serviceId.value, staffId: column.staffId, day: date.value, addOnIds }, startsAt);
  if (offer === undefined) return <p class="soft">{words.value.fresh.noServices}</p>;
  const minutes = doneBy(offer, column.staffId).minutes + sumOf(addOns).durationMinutes;
  const book = (at: number, override?: Insisted) => {
    const { staffNotes } = draft.value;
    const answers = answersGiven(offer.questions, draft.value.answers ?? {});
    const wanted = { ...column, serviceId: offer.id, startsAt: at, endsAt: at + minutes * 60_000, customer: customerOf(draft.value) };
    const said = {
      ...(offer.capacity > 1 && { seats: Number(seats.value) }),
      ...(addOnIds.length > 0 && { addOnIds }),
      ...(voucherCode.value.trim() !== '' && { voucherCode: voucherCode.value.trim() }),
      ...(staffNotes.trim() !== '' && { staffNotes: staffNotes.trim() }),
      ...(Object.keys(answers).length > 0 && { answers }),
    };
    state.send({ type: 'book', wanted: { ...wanted, ...said }, ...(override !== undefined && { override }) });
  };
  const send = (event: Event) => {
    event.preventDefault();
    if (Number(seats.value) >= 1) book(startsAt.value);
  };
  return (
    <form class="stack" ref={form} onSubmit={send}>
      <ServiceChoice id="new-service" services={services} serviceId={serviceId} staffId={column.staffId} />
      {offer.addOns.length > 0 && <AddOns offer={offer} chosen={addOnIds} ticked={ticked} />}
      <TimePart
        column={column}
        offer={offer}
        along={{ addOnIds, minutes }}
        offered={offered}
        wished={wished}
        startsAt={startsAt}
        onInsist={(at, insisted) => form.current?.reportValidity() === true && book(at, insisted)}
      />
      {offer.capacity > 1 && <Seats seats={seats} most={offer.capacity} wrong={wrongIn(state.problem, 'seats', 'seats')} />}
      <CustomerFields problem={state.problem} />
      <Questions
        questions={offer.questions.map((question) => ({ ...question, required: false }))}
        answers={draft.value.answers ?? {}}
        onAnswer={answerDraft}
        isChecked={state.problem !== undefined}
        problem={state.problem}
      />
      {offer.price.amount > 0 && <VoucherCode code={voucherCode} problem={state.problem} />}
      <WhoIsTold
        kind={offer.approval === 'manual' ? 'appointment-requested' : 'appointment-booked'}
        email={draft.value.known === undefined ? draft.value.email : (draft.value.known.email ?? '')}
        phone={draft.value.known === undefined ? draft.value.phone : (draft.value.known.phone ?? '')}
      />
      <FormAnswer state={state} fields={MARKED} />
      <button type="submit" class="button primary" aria-busy={state.flight !== undefined || undefined} disabled={offered === undefined || offered.length === 0}>
        {words.value.fresh.book({ time: clock(startsAt.value, timeZone.value) })}
      </button>
    </form>
  );
}

type TimeProps = {
  readonly column: Column;
  readonly offer: Service;
  readonly along: { readonly addOnIds: readonly string[]; readonly minutes: number };
  readonly offered: readonly number[] | undefined;
  readonly wished: number;
  readonly startsAt: Signal<number>;
  readonly onInsist: (at: number, insisted: Insisted | undefined) => void;
};

/** One of the starts that are offered, or why the one that was pressed is not. */
function TimePart({ column, offer, along, offered, wished, startsAt, onInsist }: TimeProps) {
  return (
    <>
      <StartChoice id="new-start" offered={offered} startsAt={startsAt} />
      {offered !== undefined && !offered.includes(wished) && (
        <WhyNot column={column} service={offer} {...along} at={wished} isOpen={offered.length === 0} onInsist={onInsist} />
      )}
      <button
        type="button"
        class="button quiet other-times"
        onClick={() => look({ kind: 'find-time', serviceId: offer.id, staffId: column.staffId, addOnIds: along.addOnIds })}
      >
        {words.value.fresh.others}
      </button>
    </>
  );
}

function AddOns({ offer, chosen, ticked }: { readonly offer: Service; readonly chosen: readonly string[]; readonly ticked: Signal<readonly string[]> }) {
  return (
    <fieldset class="field">
      <legend class="label">{words.value.fresh.addOns}</legend>
      <AddOnsField
        offered={offer.addOns}
        currency={offer.price.currency}
        chosen={chosen}
        onChoose={(ids) => {
          ticked.value = ids;
        }}
      />
    </fieldset>
  );
}

function VoucherCode({ code, problem }: { readonly code: Signal<string>; readonly problem: Problem | undefined }) {
  const refused = problem?.code.startsWith('voucher-') === true ? sentenceOf(problem) : undefined;
  return (
    <Field
      id="new-voucher"
      label={words.value.fresh.voucher}
      isOptional
      value={code.value}
      wrong={refused ?? wrongIn(problem, 'voucherCode', 'code')}
      onInput={(value) => {
        code.value = value;
      }}
    />
  );
}

function Seats({ seats, most, wrong }: { readonly seats: Signal<string>; readonly most: number; readonly wrong: string | undefined }) {
  return (
    <Field
      id="new-seats"
      label={words.value.fresh.seats}
      mode="numeric"
      hint={words.value.fresh.classOf({ count: most })}
      value={seats.value}
      wrong={wrong ?? (/^[1-9]\d{0,2}$/.test(seats.value) ? undefined : words.value.fresh.wholeNumber)}
      onInput={(value) => {
        seats.value = value.trim();
      }}
    />
  );
}

function BlockForm({ column, startsAt }: Props) {
  const from = useSignal(clockField(startsAt, timeZone.value));
  const to = useSignal(clockField(startsAt + BLOCK_MILLISECONDS, timeZone.value));
  const reason = useSignal('');
  const state = useDeskForm('new', lookAway);
  const text = words.value.fresh;
  const isForward = minutesOf(from.value) < minutesOf(to.value);
  const send = (event: Event) => {
    event.preventDefault();
    if (!isForward) return;
    const at = { startsAt: momentOf(date.value, minutesOf(from.value), timeZone.value), endsAt: momentOf(date.value, minutesOf(to.value), timeZone.value) };
    state.send({ type: 'block', column, at, reason: reason.value.trim() });
  };
  return (
    <form class="stack" onSubmit={send}>
      <div class="pair">
        <ClockField id="block-from" label={text.from} value={from.value} onInput={(time) => (from.value = time)} />
        <ClockField id="block-to" label={text.to} value={to.value} onInput={(time) => (to.value = time)} />
      </div>
      {!isForward && <p class="wrong">{text.endFirst}</p>}
      <Field
        id="block-reason"
        label={text.reason}
        isOptional
        value={reason.value}
        wrong={wrongIn(state.problem, 'reason', 'reason')}
        onInput={(value) => {
          reason.value = value;
        }}
      />
      <FormAnswer state={state} fields={['reason']} />
      <button type="submit" class="button primary" aria-busy={state.flight !== undefined || undefined} disabled={!isForward}>
        {text.blockIt}
      </button>
    </form>
  );
}
