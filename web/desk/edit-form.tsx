// Editing an appointment in its panel: what it changes, what that costs and who is told stand there before it is saved.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { type Problem, serverNow } from '../kit/api.ts';
import { Field } from '../kit/field.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { openShop, type Service, staffName } from '../kit/shop.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { AddOns, knownAddOns, nameOfAddOn } from './edit-add-ons.tsx';
import { PaidBefore, PriceFields } from './edit-price.tsx';
import {
  backTo,
  type ChangeLine,
  changedFields,
  changesOf,
  isTold,
  linesOf,
  minutesOf,
  type Naming,
  type Typed,
  typedOf,
  withPerson,
  withService,
} from './editing.ts';
import { serviceLine } from './find-time.tsx';
import { FormAnswer, type FormState, useDeskForm } from './form-state.tsx';
import { TellingChoice } from './telling.tsx';
import { board, columnName, runsTheDesk, staffHere, timeZone } from './watching.ts';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar; readonly onDone: () => void };
const MINUTE = 60_000;
/** What a front desk adds and takes away most. */
const STEPS = [-15, 15, 30] as const;
const MARKED = [
  'serviceId',
  'minutes',
  'price',
  'price.amount',
  'priceType',
  'staffId',
  'customer.name',
  'customer.phone',
  'customer.email',
  'notes',
  'staffNotes',
];
/** Its time is settled in these; what is written about it is not. */
const OVER: readonly AppointmentReply['status'][] = ['completed', 'no-show'];

export function EditForm({ claim, calendar, onDone }: Props) {
  const record = useSignal<AppointmentReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    void askAs<AppointmentReply>('GET', `/v1/appointments/${claim.id}`).then((answer) => {
      if (answer.ok) record.value = answer.body;
      else problem.value = answer.problem;
    });
  }, []);
  if (problem.value !== undefined) {
    return (
      <p class="banner danger" role="alert">
        {sentenceOf(problem.value)}
      </p>
    );
  }
  if (record.value === undefined) return <div class="loading" aria-busy="true" />;
  return <Fields claim={claim} calendar={calendar} onDone={onDone} record={record.value} />;
}

function Fields({ claim, calendar, onDone, record }: Props & { readonly record: AppointmentReply }) {
  const text = words.value.edit;
  const begun = useSignal(record);
  const typed = useSignal<Typed>(typedOf(record));
  const isTelling = useSignal(true);
  const state = useDeskForm('edit', onDone);
  const theirs = useOthersVersion({ state, begun, typed });
  const { currency } = begun.value.price;
  const before = typedOf(begun.value);
  const service = openShop().services.find(({ id }) => id === typed.value.serviceId);
  const naming = { ...NAMING, addOn: nameOfAddOn(begun.value), currency, startsAt: claim.startsAt, timeZone: timeZone.value };
  const known = knownAddOns(begun.value, service);
  const { seats } = begun.value;
  const changes = changesOf(before, typed.value, currency, service, begun.value, known);
  const isChanged = changedFields(before, typed.value).length > 0;
  const tells = isTold(before, typed.value) && Date.parse(begun.value.endsAt) > serverNow();
  const send = (event: Event) => {
    event.preventDefault();
    const to = [...board.value.calendars.values()].find(({ staffId }) => staffId === typed.value.staffId) ?? calendar;
    if (changes === null || !isChanged) return;
    state.send({
      type: 'edit',
      claim,
      from: { staffId: calendar.staffId, calendarId: calendar.calendarId },
      to: { staffId: to.staffId, calendarId: to.calendarId },
      endsAt: claim.startsAt + (minutesOf(typed.value) ?? 0) * MINUTE,
      changes: tells && !isTelling.value ? { ...changes, notify: { customer: false } } : changes,
      back: backTo(before, typed.value, { currency, seats, known, mayPrice: runsTheDesk.value }),
      version: begun.value.revision,
    });
  };
  return (
    <form class="stack" onSubmit={send} noValidate>
      <WhatItIs record={begun.value} typed={typed} problem={state.problem} />
      {begun.value.customer !== null && <WhoseItIs typed={typed} problem={state.problem} />}
      <div class="foot">
        <Changes lines={linesOf(before, typed.value, naming)} />
        {isChanged && <PaidBefore claim={claim} before={before} typed={typed.value} currency={currency} />}
        {tells && <TellingChoice isTelling={isTelling} claims={[{ customer: customerIn(typed.value) }]} />}
        {isChanged && !tells && <p class="soft who-is-told">{text.notTold}</p>}
        {theirs === undefined ? <FormAnswer state={state} fields={MARKED} /> : <Theirs lines={linesOf(theirs.before, theirs.now, naming)} />}
        <div class="actions">
          <button type="submit" class="button primary" aria-busy={state.flight !== undefined || undefined} disabled={!isChanged || changes === null}>
            {text.save}
          </button>
          <button type="button" class="button" onClick={onDone}>
            {text.cancel}
          </button>
        </div>
      </div>
    </form>
  );
}

/** As they will be told. */
const customerIn = ({ name, email, phone }: Typed) => ({ id: '', name, email, phone });

const NAMING: Pick<Naming, 'service' | 'person'> = {
  service: (id) => openShop().services.find((service) => service.id === id)?.name ?? words.value.edit.oldService,
  person: (id) => columnName(id),
};

type Conflict = { readonly state: FormState; readonly begun: Signal<AppointmentReply>; readonly typed: Signal<Typed> };
type Others = { readonly before: Typed; readonly now: Typed };

/** Someone else was faster: what they did shows, what was typed here stays, and the rest of the form follows. */
function useOthersVersion({ state, begun, typed }: Conflict): Others | undefined {
  const others = useSignal<Others | undefined>(undefined);
  const isRefused = state.problem?.code === 'version-mismatch';
  useEffect(() => {
    if (!isRefused) return;
    void askAs<AppointmentReply>('GET', `/v1/appointments/${begun.peek().id}`).then((answer) => {
      if (!answer.ok) return;
      const [before, now] = [typedOf(begun.peek()), typedOf(answer.body)];
      const own = changedFields(before, typed.peek());
      typed.value = { ...now, ...Object.fromEntries(own.map((field) => [field, typed.peek()[field]])) };
      begun.value = answer.body;
      others.value = { before, now };
    });
  }, [isRefused]);
  return isRefused ? others.value : undefined;
}

function Theirs({ lines }: { readonly lines: readonly ChangeLine[] }) {
  return (
    <section class="banner danger" role="alert">
      <p>{words.value.edit.others}</p>
      <Lines lines={lines} />
    </section>
  );
}

type PartProps = { readonly typed: Signal<Typed>; readonly problem: Problem | undefined };

function WhatItIs({ record, typed, problem }: PartProps & { readonly record: AppointmentReply }) {
  const text = words.value.fields;
  const { services } = openShop();
  const isOver = OVER.includes(record.status);
  const mine = services.find(({ id }) => id === typed.value.serviceId);
  const offered = services.filter(({ id, active, price }) => id === record.serviceId || (active && price.currency === record.price.currency));
  const people = staffHere.value.filter(({ id, serviceIds }) => id === record.staffId || serviceIds.includes(typed.value.serviceId));
  const take = (service: Service | undefined) => {
    if (service !== undefined)
      typed.value = service.id === record.serviceId ? { ...typedOf(record), ...writtenIn(typed.value) } : withService(typed.value, service, record);
  };
  return (
    <>
      {!isOver && (
        <>
          <Choice
            id="edit-service"
            label={text.serviceId}
            value={typed.value.serviceId}
            wrong={wrongIn(problem, 'serviceId', 'service')}
            onChoose={(id) => take(services.find((one) => one.id === id))}
          >
            {mine === undefined && <option value={record.serviceId}>{record.serviceName}</option>}
            {offered.map((service) => (
              <option key={service.id} value={service.id}>
                {serviceLine(service, typed.value.staffId)}
              </option>
            ))}
          </Choice>
          <AddOns record={record} typed={typed} known={knownAddOns(record, mine)} />
          {(mine?.capacity ?? 1) === 1 && <Length typed={typed} wrong={wrongIn(problem, 'minutes', 'length')} />}
          {runsTheDesk.value && (
            <Choice
              id="edit-staff"
              label={text.staffId}
              value={typed.value.staffId}
              wrong={wrongIn(problem, 'staffId', 'person')}
              onChoose={(staffId) => {
                typed.value = withPerson(typed.value, staffId, mine?.id === record.serviceId ? undefined : mine, record);
              }}
            >
              {!people.some(({ id }) => id === record.staffId) && <option value={record.staffId}>{record.staffName ?? staffName(record.staffId)}</option>}
              {people.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Choice>
          )}
        </>
      )}
      {runsTheDesk.value && <PriceFields record={record} typed={typed} problem={problem} />}
    </>
  );
}

/** What another service does not change. */
function writtenIn({ name, email, phone, notes, staffNotes, staffId }: Typed): Partial<Typed> {
  return { name, email, phone, notes, staffNotes, staffId };
}

function Length({ typed, wrong }: { readonly typed: Signal<Typed>; readonly wrong: string | undefined }) {
  const text = words.value.edit;
  const minutes = minutesOf(typed.value);
  return (
    <div class="length">
      <Text
        name="minutes"
        id="edit-minutes"
        label={text.lengthInMinutes}
        mode="numeric"
        typed={typed}
        wrong={wrong ?? (minutes === undefined ? text.minutesWrong : undefined)}
      />
      <div class="length-steps">
        {STEPS.map((step) => (
          <button
            key={step}
            type="button"
            class="button"
            disabled={minutes === undefined || minutes + step < 1}
            aria-label={step < 0 ? text.shorter({ count: -step }) : text.longer({ count: step })}
            onClick={() => {
              if (minutes !== undefined) typed.value = { ...typed.value, minutes: String(minutes + step) };
            }}
          >
            {step < 0 ? `−${-step}` : `+${step}`}
          </button>
        ))}
      </div>
    </div>
  );
}

function WhoseItIs({ typed, problem }: PartProps) {
  const text = words.value.fields;
  return (
    <fieldset class="stack whose">
      <legend>{words.value.edit.customer}</legend>
      <Text name="name" id="edit-name" label={text.name} typed={typed} wrong={wrongIn(problem, 'customer.name', 'name')} />
      <Text name="phone" id="edit-phone" label={text.phone} mode="tel" isOptional typed={typed} wrong={wrongIn(problem, 'customer.phone', 'phone')} />
      <Text name="email" id="edit-email" label={text.email} mode="email" isOptional typed={typed} wrong={wrongIn(problem, 'customer.email', 'email')} />
      <Text name="notes" id="edit-notes" label={text.notes} isOptional isLong typed={typed} wrong={wrongIn(problem, 'notes', 'note')} />
      <Text name="staffNotes" id="edit-staff-notes" label={text.staffNotes} isOptional isLong typed={typed} wrong={wrongIn(problem, 'staffNotes', 'note')} />
    </fieldset>
  );
}

type TextProps = {
  readonly name: keyof Typed;
  readonly id: string;
  readonly label: string;
  readonly typed: Signal<Typed>;
  readonly wrong: string | undefined;
  readonly mode?: 'tel' | 'email' | 'numeric';
  readonly isOptional?: boolean;
  readonly isLong?: boolean;
};

function Text({ name, typed, ...rest }: TextProps) {
  return (
    <Field
      {...rest}
      value={typed.value[name]}
      onInput={(value) => {
        typed.value = { ...typed.value, [name]: value };
      }}
    />
  );
}

type ChoiceProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly wrong: string | undefined;
  readonly onChoose: (value: string) => void;
  readonly children: preact.ComponentChildren;
};

function Choice({ id, label, value, wrong, onChoose, children }: ChoiceProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={wrong !== undefined}
        {...(wrong !== undefined && { 'aria-describedby': `${id}-wrong` })}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {children}
      </select>
      {wrong !== undefined && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </div>
  );
}

function Changes({ lines }: { readonly lines: readonly ChangeLine[] }) {
  return (
    <section class="changes" aria-label={words.value.edit.changes} aria-live="polite">
      {lines.length === 0 ? <p class="soft">{words.value.edit.nothing}</p> : <Lines lines={lines} />}
    </section>
  );
}

function Lines({ lines }: { readonly lines: readonly ChangeLine[] }) {
  return (
    <ul class="change-lines">
      {lines.map(({ label, before, after, more }) => (
        <li key={label}>
          <strong>{label}</strong> {before} <span aria-hidden="true">→</span>
          <span class="only-heard">{words.value.edit.becomes}</span> {after}
          {more !== undefined && <span class="soft">, {more}</span>}
        </li>
      ))}
    </ul>
  );
}
