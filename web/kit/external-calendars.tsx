import { useSignal } from '@preact/signals';
import type { ExternalCalendarReply } from '../../src/protocol/calendar-links.ts';
import { agoNow } from './ago-now.ts';
import { announce } from './announcing.tsx';
import type { Problem } from './api.ts';
import { Field, wrongOf } from './field.tsx';
import { Read, useReading } from './reading.tsx';
import { FormProblem, SendButton, useSending } from './sending.tsx';
import { askAs } from './session.ts';

const STATES = { ok: 'Up to date', late: 'Late', failed: 'Failed' } as const satisfies Record<ExternalCalendarReply['state'], string>;
/** What people can do something about; the rest is shown as it is. */
const FAILURES: Readonly<Record<string, string>> = {
  'not-a-calendar': 'there is no calendar at this address',
  'too-large': 'the calendar is too large',
  'too-many-events': 'it has too many events',
  'too-frequent': 'an event recurs more often than every hour',
  'too-slow': 'its server does not answer in time',
  'address-lost': 'its address can no longer be read here; remove it and add it again',
  'not-public': 'the address does not lead to a public server',
};

/** External calendars whose busy times cannot be booked: how they are, a new one, and removing one. */
export function ExternalCalendars({ staffId }: { readonly staffId: string }) {
  const path = `/v1/staff/${staffId}/external-calendars`;
  const reading = useReading(() => askAs<{ readonly items: readonly ExternalCalendarReply[] }>('GET', path));
  return (
    <>
      <Read reading={reading}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="empty">
              <p>No external calendars.</p>
              <p class="soft">Add the address of a calendar, and what is busy there cannot be booked here.</p>
            </div>
          ) : (
            <ul class="rows">
              {items.map((item) => (
                <Row key={item.id} item={item} path={path} onRemoved={reading.again} />
              ))}
            </ul>
          )
        }
      </Read>
      <AddForm path={path} onAdded={reading.again} />
    </>
  );
}

type RowProps = { readonly item: ExternalCalendarReply; readonly path: string; readonly onRemoved: () => Promise<void> };

function Row({ item: { id, url, state, failure, lastOkAt, busyTimes, conflicts }, path, onRemoved }: RowProps) {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const remove = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = await askAs('DELETE', `${path}/${id}`);
    isBusy.value = false;
    problem.value = answer.ok || answer.problem.code === 'not-found' ? undefined : answer.problem;
    if (problem.value !== undefined) return;
    announce('The calendar is removed.');
    await onRemoved();
  };
  const read = lastOkAt === null ? 'not read yet' : `read ${agoNow(lastOkAt)}, ${busyTimes} busy times`;
  const why = failure === null ? [] : [FAILURES[failure] ?? failure, ...(lastOkAt === null ? [] : ['what it said last still holds'])];
  const met = conflicts.length === 0 ? [] : [`${conflicts.length === 1 ? 'one appointment is' : `${conflicts.length} appointments are`} in its way`];
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title address">
          {url}{' '}
          <span class="chip" data-status={state}>
            {STATES[state]}
          </span>
        </p>
        <p class="soft small">{[read, ...why, ...met].join(' · ')}</p>
      </div>
      <button type="button" class="button quiet" aria-busy={isBusy.value || undefined} onClick={() => void remove()}>
        Remove<span class="only-heard"> {url}</span>
      </button>
      <FormProblem problem={problem.value} unheard="The list shows which calendars are followed." />
    </li>
  );
}

function AddForm({ path, onAdded }: { readonly path: string; readonly onAdded: () => Promise<void> }) {
  const url = useSignal('');
  const { form, isBusy, problem, send } = useSending(async () => {
    const answer = await askAs('POST', path, { body: { url: url.value } });
    if (!answer.ok) return answer.problem;
    url.value = '';
    announce('The calendar is followed.');
    await onAdded();
    return undefined;
  });
  return (
    <form class="matter-form" ref={form} noValidate onSubmit={send}>
      <FormProblem problem={problem.value} fields={['url']} unheard="The list shows which calendars are followed." />
      <Field
        id="external-url"
        label="Address of a calendar"
        hint="An iCalendar address (https or webcal), as Google, Outlook and Apple publish it."
        value={url.value}
        onInput={(value) => {
          url.value = value;
        }}
        wrong={wrongOf(problem.value, 'url', 'The address')}
      />
      <SendButton isBusy={isBusy.value}>Follow this calendar</SendButton>
    </form>
  );
}
