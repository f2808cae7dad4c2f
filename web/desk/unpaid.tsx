// What is still to pay of appointments that took place: asked for one by one, so only when it is looked at.
import { useSignal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { type Problem, query, serverNow } from '../kit/api.ts';
import { money } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { AppointmentLine } from './appointment-line.tsx';
import { locationId } from './watching.ts';
import { words } from './wording.ts';

type Due = { readonly appointment: AppointmentReply; readonly due: AppointmentPaymentReply['due'] };
/** Each is a question of its own to the server. */
const MOST_ASKED = 30;
const DAYS = 3;
const DAY_MILLISECONDS = 86_400_000;

export function Unpaid() {
  const due = useSignal<readonly Due[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const text = words.value.inbox;
  const read = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = await readDue(locationId.value);
    isBusy.value = false;
    due.value = 'code' in answer ? undefined : answer;
    problem.value = 'code' in answer ? answer : undefined;
  };
  return (
    <section class="theirs" aria-labelledby="inbox-unpaid">
      <h3 id="inbox-unpaid">{text.unpaid}</h3>
      {due.value === undefined && (
        <button type="button" class="button" aria-busy={isBusy.value || undefined} onClick={() => void read()}>
          {text.showUnpaid}
        </button>
      )}
      {problem.value !== undefined && <p class="banner danger">{sentenceOf(problem.value)}</p>}
      {due.value !== undefined && (
        <>
          {due.value.length === 0 && <p class="soft">{text.noUnpaid}</p>}
          <ul>
            {due.value.map(({ appointment, due: amount }) => (
              <li key={appointment.id}>
                <AppointmentLine appointment={appointment} more={text.due({ amount: money(amount) })} />
              </li>
            ))}
          </ul>
          <p class="soft">{text.unpaidOf({ count: MOST_ASKED, days: DAYS })}</p>
        </>
      )}
    </section>
  );
}

async function readDue(place: string): Promise<readonly Due[] | Problem> {
  const [from, to] = [serverNow() - DAYS * DAY_MILLISECONDS, serverNow()].map((at) => new Date(at).toISOString()) as [string, string];
  const search = query({ from, to, locationId: place, order: '-startsAt', limit: MOST_ASKED });
  const answer = await askAs<{ readonly items: readonly AppointmentReply[] }>('GET', `/v1/appointments${search}&status=checked-in&status=completed`);
  if (!answer.ok) return answer.problem;
  const found: Due[] = [];
  // One after the other: this is no hurry, and the server has others to serve.
  for (const appointment of answer.body.items.filter(({ price }) => price.amount > 0)) {
    const paid = await askAs<AppointmentPaymentReply>('GET', `/v1/appointments/${appointment.id}/payment`);
    if (!paid.ok) return paid.problem;
    if (paid.body.due.amount > 0) found.push({ appointment, due: paid.body.due });
  }
  return found;
}
