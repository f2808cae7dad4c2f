import { type Signal, useSignal } from '@preact/signals';
import { clock, duration, longDay, money } from '../money-and-time.ts';
import { openShop, type Service } from '../shop.ts';
import { minuteOfDay, minutesOf, momentOf } from '../zoned-dates.ts';
import { block, book } from './acting.ts';
import type { BoardCalendar } from './board.ts';
import { lookAway } from './looking-at.ts';
import { PanelFrame } from './panel-frame.tsx';
import { StartChoice, useOfferedStarts } from './start-choice.tsx';
import { date, staffHere, timeZone } from './watching.ts';

type Props = { readonly calendar: BoardCalendar; readonly startsAt: number };
const BLOCK_MILLISECONDS = 3_600_000;

/** A walk-in, or time that nobody shall book. */
export function NewPanel({ calendar, startsAt }: Props) {
  const kind = useSignal<'appointment' | 'block'>('appointment');
  const person = staffHere.value.find(({ id }) => id === calendar.staffId);
  return (
    <PanelFrame title={`New with ${person?.name ?? 'this person'}`}>
      <p class="soft">{longDay(startsAt, timeZone.value)}</p>
      <fieldset class="kinds">
        <legend class="only-heard">What is it?</legend>
        <Kind kind={kind} value="appointment" words="Appointment" />
        <Kind kind={kind} value="block" words="Blocked time" />
      </fieldset>
      {kind.value === 'appointment' ? (
        <AppointmentForm
          calendar={calendar}
          startsAt={startsAt}
          services={openShop().services.filter(({ id, active }) => active && person?.serviceIds.includes(id))}
        />
      ) : (
        <BlockForm calendar={calendar} startsAt={startsAt} />
      )}
    </PanelFrame>
  );
}

function Kind({ kind, value, words }: { readonly kind: Signal<'appointment' | 'block'>; readonly value: 'appointment' | 'block'; readonly words: string }) {
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
      <span>{words}</span>
    </label>
  );
}

function AppointmentForm({ calendar, startsAt: wished, services }: Props & { readonly services: readonly Service[] }) {
  const serviceId = useSignal(services[0]?.id ?? '');
  const startsAt = useSignal(wished);
  const fields = { name: useSignal(''), email: useSignal(''), phone: useSignal(''), notes: useSignal('') };
  const offered = useOfferedStarts({ serviceId: serviceId.value, staffId: calendar.staffId, day: date.value }, startsAt);
  const offer = services.find(({ id }) => id === serviceId.value);
  if (offer === undefined) return <p class="soft">There is no service that this person does.</p>;
  const send = (event: Event) => {
    event.preventDefault();
    const { name, email, phone, notes } = {
      name: fields.name.value.trim(),
      email: fields.email.value.trim(),
      phone: fields.phone.value.trim(),
      notes: fields.notes.value.trim(),
    };
    const customer = { name, email, ...(phone === '' ? {} : { phone }) };
    const { staffId, calendarId } = calendar;
    const endsAt = startsAt.value + offer.minutes * 60_000;
    void book({ staffId, calendarId, serviceId: offer.id, startsAt: startsAt.value, endsAt, customer, ...(notes === '' ? {} : { notes }) });
    lookAway();
  };
  return (
    <form class="stack" onSubmit={send}>
      <div class="field">
        <label for="new-service">Service</label>
        <select
          id="new-service"
          value={serviceId.value}
          onChange={(event) => {
            serviceId.value = event.currentTarget.value;
          }}
        >
          {services.map(({ id, name, minutes, price }) => (
            <option key={id} value={id}>
              {name}, {duration(minutes)}, {money(price)}
            </option>
          ))}
        </select>
      </div>
      <StartChoice id="new-start" offered={offered} startsAt={startsAt} />
      <TextField id="new-name" label="Customer" value={fields.name} isNeeded />
      <TextField id="new-email" label="E-mail" value={fields.email} type="email" isNeeded />
      <TextField id="new-phone" label="Phone" value={fields.phone} />
      <TextField id="new-notes" label="Notes" value={fields.notes} />
      <button type="submit" class="button primary" disabled={offered === undefined || offered.length === 0}>
        Book {clock(startsAt.value, timeZone.value)}
      </button>
    </form>
  );
}

type TextFieldProps = { readonly id: string; readonly label: string; readonly value: Signal<string>; readonly type?: 'email'; readonly isNeeded?: boolean };

function TextField({ id, label, value, type, isNeeded = false }: TextFieldProps) {
  const shared = {
    id,
    value: value.value,
    required: isNeeded,
    maxLength: 200,
    autoComplete: 'off' as const,
    onInput: (event: { currentTarget: HTMLInputElement }) => {
      value.value = event.currentTarget.value;
    },
  };
  return (
    <div class="field">
      <label for={id}>
        {label} {!isNeeded && <span class="optional">(optional)</span>}
      </label>
      {type === 'email' ? <input {...shared} type="email" /> : <input {...shared} type="text" />}
    </div>
  );
}

function BlockForm({ calendar, startsAt }: Props) {
  const from = useSignal(clockField(startsAt));
  const to = useSignal(clockField(startsAt + BLOCK_MILLISECONDS));
  const reason = useSignal('');
  const isForward = minutesOf(from.value) < minutesOf(to.value);
  const send = (event: Event) => {
    event.preventDefault();
    if (!isForward) return;
    const at = { startsAt: momentOf(date.value, minutesOf(from.value), timeZone.value), endsAt: momentOf(date.value, minutesOf(to.value), timeZone.value) };
    void block(calendar.staffId, calendar.calendarId, at, reason.value.trim());
    lookAway();
  };
  return (
    <form class="stack" onSubmit={send}>
      <div class="pair">
        <ClockField id="block-from" label="From" value={from} />
        <ClockField id="block-to" label="To" value={to} />
      </div>
      {!isForward && <p class="wrong">The end must be after the beginning.</p>}
      <TextField id="block-reason" label="Reason" value={reason} />
      <button type="submit" class="button primary" disabled={!isForward}>
        Block this time
      </button>
    </form>
  );
}

function ClockField({ id, label, value }: { readonly id: string; readonly label: string; readonly value: Signal<string> }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="time"
        required
        step={300}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}

function clockField(at: number): string {
  const minute = minuteOfDay(at, timeZone.value);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
