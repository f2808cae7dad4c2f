// The search of the toolbar: `/` goes to it from anywhere. Customers, the appointment with a reference, and people who work here.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import { CustomerCombobox, type OtherFind } from '../../kit/customers/combobox.tsx';
import { askAs } from '../../kit/session.ts';
import { isTypedIn } from '../find-time.tsx';
import { look } from '../looking-at.ts';
import { showAppointment } from '../opening.ts';
import { chosenCalendar } from '../views.ts';
import { columns } from '../watching.ts';
import { words } from '../wording.ts';

export function CustomerSearch() {
  const typed = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  const text = words.value.find;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTypedIn(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search class="find">
      <label for="find-customer" class="only-heard">
        {text.label}
      </label>
      <CustomerCombobox
        id="find-customer"
        input={input}
        value={typed.value}
        takesFirst
        placeholder={text.placeholder}
        describedBy="find-help"
        notFound={text.notFound}
        onInput={(value) => {
          typed.value = value;
        }}
        others={peopleFound(typed.value, () => {
          typed.value = '';
        })}
        onChoose={({ id }) => {
          const reference = typed.value.trim();
          typed.value = '';
          void open(id, reference);
        }}
      />
      <span class="find-key" aria-hidden="true">
        /
      </span>
      <span id="find-help" class="only-heard">
        {text.help}
      </span>
    </search>
  );
}

/** As it stands in messages, with or without the dash. */
const REFERENCE = /^[0-9a-z]{4}-?[0-9a-z]{4}$/i;
/** Of one customer; an older appointment is in their record. */
const MOST_LOOKED_AT = 100;

/** The appointment itself, where its reference was typed; else the customer. */
async function open(customerId: string, reference: string): Promise<void> {
  look({ kind: 'customer', customerId });
  if (!REFERENCE.test(reference)) return;
  const path = `/v1/customers/${customerId}/appointments?limit=${MOST_LOOKED_AT}`;
  const answer = await askAs<{ readonly items: readonly AppointmentReply[] }>('GET', path);
  const found = answer.ok ? answer.body.items.find((one) => plain(one.reference ?? '') === plain(reference)) : undefined;
  if (found !== undefined && found.status !== 'cancelled' && found.status !== 'declined') showAppointment(found);
}

function plain(text: string): string {
  return text.replaceAll('-', '').toUpperCase();
}

/** Of the place in view: choosing one goes to their column. */
function peopleFound(typed: string, onFound: () => void): readonly OtherFind[] {
  const asked = folded(typed.trim());
  if (asked === '') return [];
  const found = columns.value.filter(
    ({ staffName }) =>
      folded(staffName)
        .split(' ')
        .some((word) => word.startsWith(asked)) || folded(staffName).startsWith(asked),
  );
  return found.map(({ calendarId, staffId, staffName }) => ({
    id: staffId,
    name: staffName,
    detail: words.value.find.worksHere,
    onChoose: () => {
      onFound();
      goTo(staffId, calendarId);
    },
  }));
}

function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Where their column is not drawn among others, they are shown alone. */
function goTo(staffId: string, calendarId: string): void {
  const heading = document.getElementById(`of-${staffId}`);
  if (heading === null) chosenCalendar.value = calendarId;
  heading?.scrollIntoView({ block: 'nearest', inline: 'start' });
  heading?.closest('.column')?.querySelector('button')?.focus();
}
