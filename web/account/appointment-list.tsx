import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { announce } from '../kit/announcing.tsx';
import { type Answer, query, serverNow } from '../kit/api.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { Read, useReading } from '../kit/reading.tsx';
import { askAs } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { AppointmentItem } from './appointment-item.tsx';
import { goOnCancelling } from './cancelling.ts';
import { inOrder } from './own-appointments.ts';
import { focusSection, Section } from './section.tsx';

const ID = 'appointments';
/** How far back appointments are shown. */
const SHOWN_BACK_MILLISECONDS = 366 * 86_400_000;
const PAGE = 200;
/** Almost no one has a thousand appointments; more than that are not shown. */
const MOST_PAGES = 5;

type Page = { readonly items: readonly AppointmentReply[]; readonly nextCursor: string | null };

/** All upcoming appointments, then those of the past year. */
async function readAppointments(): Promise<Answer<readonly AppointmentReply[]>> {
  const now = serverNow();
  const instant = (at: number) => new Date(at).toISOString();
  // From one day ago, to include appointments under way.
  const from = now - 86_400_000;
  const ahead = await readPages({ from: instant(from) });
  if (!ahead.ok) return ahead;
  const over = await readPages({ from: instant(now - SHOWN_BACK_MILLISECONDS), to: instant(from) });
  return over.ok ? { ok: true, body: [...over.body, ...ahead.body] } : over;
}

async function readPages(range: { readonly from: string; readonly to?: string }): Promise<Answer<readonly AppointmentReply[]>> {
  const items: AppointmentReply[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await askAs<Page>('GET', `/v1/appointments${query({ ...range, limit: PAGE, cursor })}`);
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    if (answer.body.nextCursor === null) break;
    cursor = answer.body.nextCursor;
  }
  return { ok: true, body: items };
}

export function AppointmentList() {
  const reading = useReading(readAppointments);
  const cancelled = async () => {
    await reading.again();
    announce('The appointment is cancelled.');
    focusSection(ID);
  };
  useEffect(() => goOnCancelling(cancelled), []);
  return (
    <Section id={ID} title="Appointments" lead="All appointments booked with your e-mail address.">
      {shop.value.state === 'failed' && (
        <p class="banner danger" role="alert">
          {sentenceOf(shop.value.problem)}
        </p>
      )}
      {shop.value.state === 'ready' && <Read reading={reading}>{(items) => <List items={items} onCancelled={cancelled} />}</Read>}
    </Section>
  );
}

type ListProps = { readonly items: readonly AppointmentReply[]; readonly onCancelled: () => Promise<void> };

function List({ items, onCancelled }: ListProps) {
  const { ahead, over } = inOrder(items, serverNow());
  const item = (appointment: AppointmentReply) => <AppointmentItem key={appointment.id} appointment={appointment} onCancelled={onCancelled} />;
  return (
    <>
      {ahead.length === 0 ? (
        <div class="empty">
          <p>No upcoming appointments</p>
          <p class="soft">Appointments you book with your e-mail address appear here, even if you were not logged in.</p>
        </div>
      ) : (
        <ul class="rows">{ahead.map(item)}</ul>
      )}
      {over.length > 0 && (
        <details class="over">
          <summary>Earlier and cancelled ({over.length})</summary>
          <ul class="rows">{over.map(item)}</ul>
        </details>
      )}
    </>
  );
}
