// Cancels all upcoming guest bookings from the source of one booking, for floods of fake bookings.
import { useSignal } from '@preact/signals';
import type { AppointmentReply, CancelledBySource } from '../../src/protocol/appointments.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { clockRange, longDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { words } from './wording.ts';

/** How many are listed before cancelling; the rest is a number. */
const MOST_SHOWN = 5;
/** The server cancels up to 200 at a time. More than this many rounds is more than a flood can book. */
const MOST_ROUNDS = 25;

/** `sourceGroup` identifies the source without revealing it. */
export function BookingSource({ sourceGroup }: { readonly sourceGroup: string }) {
  const found = useSignal<CancelledBySource | undefined>(undefined);
  const said = useSignal('');
  const text = words.value.source;
  const isBusy = useSignal(false);
  const ask = (dryRun: boolean) => askAs<CancelledBySource>('POST', '/v1/appointments/cancel-by-source', { body: { sourceGroup, dryRun } });

  async function look(): Promise<void> {
    isBusy.value = true;
    const answer = await ask(true);
    isBusy.value = false;
    if (!answer.ok) said.value = sentenceOf(answer.problem);
    else if (answer.body.count === 0) said.value = text.none;
    else found.value = answer.body;
  }

  /** Each round cancels what is left, so repeating a round does no harm. */
  async function cancelAll(): Promise<void> {
    isBusy.value = true;
    let cancelled = 0;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const answer = await ask(false);
      if (!answer.ok) {
        said.value = text.stopped({ count: cancelled, why: sentenceOf(answer.problem) });
        isBusy.value = false;
        return;
      }
      cancelled += answer.body.count;
      said.value = text.done({ count: cancelled });
      if (!answer.body.hasMore) break;
    }
    isBusy.value = false;
  }

  return (
    <>
      <button type="button" class="button" disabled={isBusy.value} aria-busy={isBusy.value || undefined} onClick={() => void look()}>
        {text.show}
      </button>
      <span role="status">{said.value}</span>
      {found.value !== undefined && (
        <AskFirst
          title={(found.value.hasMore ? text.askMore : text.ask)({ count: found.value.count })}
          confirm={text.confirm}
          keep={text.keep}
          onConfirm={() => void cancelAll()}
          onClose={() => {
            found.value = undefined;
          }}
        >
          <p>{text.lead}</p>
          <ul>
            {found.value.items.slice(0, MOST_SHOWN).map((appointment) => (
              <li key={appointment.id}>{lineOf(appointment)}</li>
            ))}
            {found.value.count > MOST_SHOWN && <li>{text.more({ count: found.value.count - MOST_SHOWN })}</li>}
          </ul>
        </AskFirst>
      )}
    </>
  );
}

function lineOf({ customer, startsAt, endsAt, timeZone }: AppointmentReply): string {
  const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
  return `${customer?.name ?? words.value.panel.aCustomer}, ${longDay(start, timeZone)}, ${clockRange(start, end, timeZone)}`;
}
