// A customer in the panel: contacts, notes, counts, and what is ahead and past.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import { type Problem, serverNow } from '../../kit/api.ts';
import { type CustomerRecord, whenWords, zoneOf } from '../../kit/customers/finding.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs, session } from '../../kit/session.ts';
import { staffName } from '../../kit/shop.ts';
import { Telephone } from '../../kit/telephone.tsx';
import { chooseKnown } from '../draft.ts';
import { look } from '../looking-at.ts';
import { showAppointment } from '../opening.ts';
import { PanelFrame } from '../panel-frame.tsx';
import { lastEvents, staffHere } from '../watching.ts';
import { words } from '../wording.ts';
import { knownOf } from './fields.tsx';
import { CustomerForm } from './form.tsx';

const MOST_SHOWN = 50;
const MAY_CHANGE: readonly string[] = ['front-desk', 'manager', 'owner'];

export function CustomerPanel({ customerId }: { readonly customerId: string }) {
  const record = useSignal<CustomerRecord | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const isEditing = useSignal(false);
  const again = useSignal(0);
  // What is booked or cancelled anywhere on the board may be theirs.
  const events = lastEvents.value;
  useEffect(() => {
    let isStale = false;
    void askAs<CustomerRecord>('GET', `/v1/customers/${customerId}`).then((answer) => {
      if (isStale) return;
      if (answer.ok) record.value = answer.body;
      problem.value = answer.ok ? undefined : answer.problem;
    });
    return () => {
      isStale = true;
    };
  }, [customerId, again.value, events]);
  const known = record.value;
  const mayChange = session.value.state === 'in' && MAY_CHANGE.includes(session.value.user.role);
  return (
    <PanelFrame key={customerId} title={known?.name ?? words.value.customer.customer}>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {known === undefined && problem.value === undefined && <div class="loading" aria-busy="true" />}
      {known !== undefined && isEditing.value && (
        <CustomerForm
          record={known}
          onDone={(changed) => {
            if (changed !== undefined) record.value = changed;
            isEditing.value = false;
          }}
          onOutdated={() => {
            again.value += 1;
          }}
        />
      )}
      {known !== undefined && !isEditing.value && <About record={known} />}
      {known !== undefined && !isEditing.value && mayChange && (
        <button
          type="button"
          class="button"
          onClick={() => {
            isEditing.value = true;
          }}
        >
          {words.value.customer.edit}
        </button>
      )}
      {known !== undefined && <Appointments record={known} events={events} />}
    </PanelFrame>
  );
}

function About({ record }: { readonly record: CustomerRecord }) {
  const { name, email, phone, phoneE164, notes, staffNotes, tags, blocked, counts, hasAccount, consents } = record;
  const { customer: text, facts } = words.value;
  return (
    <>
      {(blocked || tags.length > 0) && (
        <ul class="tags" aria-label={text.tags}>
          {blocked && <li class="tag danger">{text.blocked}</li>}
          {tags.map((tag) => (
            <li key={tag} class="tag">
              {tag}
            </li>
          ))}
        </ul>
      )}
      {blocked && <p class="soft">{text.cannotBook({ name })}</p>}
      <dl>
        <div>
          <dt>{facts.phone}</dt>
          <dd>{phone === undefined ? text.none : <Telephone typed={phone} e164={phoneE164} />}</dd>
        </div>
        <div>
          <dt>{facts.email}</dt>
          <dd>{email === undefined ? text.none : <a href={`mailto:${email}`}>{email}</a>}</dd>
        </div>
        {notes !== null && (
          <div>
            <dt>{facts.notes}</dt>
            <dd class="typed">{notes}</dd>
          </div>
        )}
        {staffNotes !== null && (
          <div>
            <dt>{facts.staffNotes}</dt>
            <dd class="typed">{staffNotes}</dd>
          </div>
        )}
        <div>
          <dt>{text.soFar}</dt>
          <dd>{text.counts({ visits: counts.visits, noShows: counts.noShows, cancelled: counts.cancelled })}</dd>
        </div>
        {consents.marketing !== null && (
          <div>
            <dt>{text.offers}</dt>
            <dd>{consents.marketing ? text.agreed : text.notWanted}</dd>
          </div>
        )}
        {hasAccount && (
          <div>
            <dt>{text.account}</dt>
            <dd>{text.canLogIn}</dd>
          </div>
        )}
      </dl>
    </>
  );
}

function Appointments({ record, events }: { readonly record: CustomerRecord; readonly events: readonly unknown[] }) {
  const customerId = record.id;
  const items = useSignal<readonly AppointmentReply[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const hasMore = useSignal(false);
  useEffect(() => {
    let isStale = false;
    const path = `/v1/customers/${customerId}/appointments?limit=${MOST_SHOWN}`;
    void askAs<{ readonly items: readonly AppointmentReply[]; readonly nextCursor: string | null }>('GET', path).then((answer) => {
      if (isStale) return;
      problem.value = answer.ok ? undefined : answer.problem;
      if (!answer.ok) return;
      items.value = answer.body.items;
      hasMore.value = answer.body.nextCursor !== null;
    });
    return () => {
      isStale = true;
    };
  }, [customerId, events]);
  if (problem.value !== undefined) return <p class="banner danger">{sentenceOf(problem.value)}</p>;
  if (items.value === undefined) return <div class="loading" aria-busy="true" />;
  const now = serverNow();
  const isAhead = ({ endsAt, status }: AppointmentReply) => Date.parse(endsAt) > now && status !== 'cancelled' && status !== 'declined';
  const ahead = items.value.filter(isAhead).toReversed();
  const past = items.value.filter((appointment) => !isAhead(appointment));
  const text = words.value.customer;
  const usual = usualOf(items.value);
  const book = () => {
    chooseKnown(knownOf(record));
    look({ kind: 'find-time', ...usual });
  };
  return (
    <>
      <button type="button" class="button primary" onClick={book}>
        {staffHere.value.some(({ id }) => id === usual?.staffId) && usual !== undefined ? text.bookWith({ name: staffName(usual.staffId) }) : text.book}
      </button>
      <List id="customer-ahead" title={text.ahead} items={ahead} nothing={text.noneAhead} />
      <List id="customer-before" title={text.before} items={past} nothing={text.noneBefore} />
      {hasMore.value && <p class="soft">{text.latest({ count: MOST_SHOWN })}</p>}
    </>
  );
}

/** Whom they mostly come to, and what for last; the newest are first. */
function usualOf(items: readonly AppointmentReply[]): { readonly staffId: string; readonly serviceId: string } | undefined {
  const kept = items.filter(({ status }) => status !== 'cancelled' && status !== 'declined');
  const byPerson = [...Map.groupBy(kept, ({ staffId }) => staffId).values()];
  const most = byPerson.reduce((best, one) => (one.length > best.length ? one : best), byPerson[0] ?? []);
  return most[0] === undefined ? undefined : { staffId: most[0].staffId, serviceId: most[0].serviceId };
}

type ListProps = { readonly id: string; readonly title: string; readonly items: readonly AppointmentReply[]; readonly nothing: string };

function List({ id, title, items, nothing }: ListProps) {
  return (
    <section class="theirs" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {items.length === 0 && <p class="soft">{nothing}</p>}
      <ul>
        {items.map((appointment) => (
          <li key={appointment.id} data-status={appointment.status}>
            <button type="button" class="their" onClick={() => showAppointment(appointment)}>
              <span>{whenWords(Date.parse(appointment.startsAt), zoneOf(appointment.locationId))}</span>
              <span class="soft">
                {[appointment.serviceName, words.value.panel.with({ name: appointment.staffName ?? staffName(appointment.staffId) })]
                  .filter((part) => part !== null)
                  .join(' ')}
                {appointment.status !== 'booked' && `, ${words.value.status[appointment.status]}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
