// Appointments by status over a range: who cancelled yesterday, who did not come last week.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { type Problem, query } from '../kit/api.ts';
import { shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { addDays, startOfDate } from '../kit/zoned-dates.ts';
import { AppointmentLine } from './appointment-line.tsx';
import { look } from './looking-at.ts';
import { showAppointment } from './opening.ts';
import { lastEvents, locationId, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const MOST_SHOWN = 100;
const STATUSES = ['cancelled', 'no-show', 'declined', 'pending', 'booked', 'checked-in', 'completed'] as const satisfies readonly AppointmentReply['status'][];
const GONE: readonly AppointmentReply['status'][] = ['cancelled', 'declined'];
type Asked = { readonly status: AppointmentReply['status']; readonly by: 'change' | 'day'; readonly from: string; readonly to: string };
type Page = { readonly items: readonly AppointmentReply[]; readonly nextCursor: string | null };

export function ByStatus() {
  const isOpen = useSignal(false);
  const text = words.value.inbox;
  const yesterday = addDays(today(), -1);
  const asked = useSignal<Asked>({ status: 'cancelled', by: 'change', from: yesterday, to: yesterday });
  return (
    <section class="theirs" aria-labelledby="inbox-status">
      <h3 id="inbox-status">{text.byStatus}</h3>
      {isOpen.value ? (
        <>
          <Filter asked={asked} />
          <Result asked={asked.value} />
        </>
      ) : (
        <button
          type="button"
          class="button"
          onClick={() => {
            isOpen.value = true;
          }}
        >
          {text.whoCancelled}
        </button>
      )}
    </section>
  );
}

function Filter({ asked }: { readonly asked: Signal<Asked> }) {
  const set = (change: Partial<Asked>) => {
    asked.value = { ...asked.value, ...change };
  };
  const { status, by, from, to } = asked.value;
  const text = words.value.inbox;
  return (
    <div class="stack">
      <div class="pair">
        <div class="field">
          <label for="status-what">{text.status}</label>
          <select id="status-what" value={status} onChange={(event) => set({ status: STATUSES.find((one) => one === event.currentTarget.value) ?? status })}>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {words.value.status[one]}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="status-by">{text.by}</label>
          <select id="status-by" value={by} onChange={(event) => set({ by: event.currentTarget.value === 'day' ? 'day' : 'change' })}>
            <option value="change">{text.byChange}</option>
            <option value="day">{text.byDay}</option>
          </select>
        </div>
        <DateField id="status-from" label={text.from} value={from} onChange={(day) => set({ from: day, to: day > to ? day : to })} />
        <DateField id="status-to" label={text.to} value={to} onChange={(day) => set({ to: day, from: day < from ? day : from })} />
      </div>
    </div>
  );
}

type DateProps = { readonly id: string; readonly label: string; readonly value: string; readonly onChange: (day: string) => void };

function DateField({ id, label, value, onChange }: DateProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={({ currentTarget }) => currentTarget.value !== '' && onChange(currentTarget.value)} />
    </div>
  );
}

function Result({ asked }: { readonly asked: Asked }) {
  const page = useSignal<Page | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const events = lastEvents.value;
  useEffect(() => {
    let isStale = false;
    void askAs<Page>('GET', pathOf(asked, locationId.value, timeZone.value)).then((answer) => {
      if (isStale) return;
      problem.value = answer.ok ? undefined : answer.problem;
      page.value = answer.ok ? answer.body : undefined;
    });
    return () => {
      isStale = true;
    };
  }, [asked, locationId.value, events]);
  if (problem.value !== undefined) return <p class="banner danger">{sentenceOf(problem.value)}</p>;
  if (page.value === undefined) return <div class="loading" aria-busy="true" />;
  const end = startOfDate(addDays(asked.to, 1), timeZone.value);
  const items = page.value.items.filter(({ updatedAt }) => asked.by === 'day' || updatedAt === undefined || Date.parse(updatedAt) < end);
  return (
    <div role="status">
      {items.length === 0 && <p class="soft">{words.value.inbox.none}</p>}
      <ul>
        {items.map((appointment) => (
          <li key={appointment.id}>
            <AppointmentLine appointment={appointment} onOpen={() => open(appointment)} more={changeWords(appointment)} />
          </li>
        ))}
      </ul>
      {page.value.nextCursor !== null && <p class="soft">{words.value.inbox.first({ count: MOST_SHOWN })}</p>}
    </div>
  );
}

function changeWords({ status, updatedAt, reason }: AppointmentReply): string {
  const when = updatedAt === undefined ? '' : `, ${shortDay(Date.parse(updatedAt), timeZone.value)}`;
  return `${words.value.status[status]}${when}${reason === null ? '' : `: ${reason}`}`;
}

function pathOf({ status, by, from, to }: Asked, place: string, zone: string): string {
  const range =
    by === 'day'
      ? { from, to: addDays(to, 1), timeZone: zone, order: 'startsAt' }
      : { updatedSince: new Date(startOfDate(from, zone)).toISOString(), order: 'updatedAt' };
  return `/v1/appointments${query({ status, locationId: place, limit: MOST_SHOWN, ...range })}`;
}

/** What was cancelled is on no day any more: its customer is shown. */
function open(appointment: AppointmentReply): void {
  if (GONE.includes(appointment.status) && appointment.customer !== null) look({ kind: 'customer', customerId: appointment.customer.id });
  else showAppointment(appointment);
}
