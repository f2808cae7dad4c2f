// Who did what, in sentences, with before and after.
import { type Signal, useSignal } from '@preact/signals';
import type { z } from 'zod';
import { AUDIT_ACTIONS } from '../../../src/model/audit-actions.ts';
import type { auditEntries } from '../../../src/protocol/audit.ts';
import type { ManagedUserReply } from '../../../src/protocol/users.ts';
import { agoNow } from '../../kit/ago-now.ts';
import { type Problem, query } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { useReading } from '../../kit/reading.tsx';
import { addDays, startOfDate, viewerZone } from '../../kit/zoned-dates.ts';
import { askEach } from '../ask-each.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { usePages } from '../pages.tsx';
import { hrefOf, type TabProps } from '../places.ts';
import { saveTable } from '../save-file.ts';
import { type AuditEntry, changesOf, sentenceFor } from './sentences.ts';

type Page = z.output<typeof auditEntries>;
const PAGE = 100;
/** More fields are behind a click. */
const MOST_IN_SIGHT = 3;

type Chosen = { readonly userId: string; readonly action: string; readonly from: string; readonly to: string };
const NOTHING_CHOSEN: Chosen = { userId: '', action: '', from: '', to: '' };

/** `#audit/<id>` is what was done to one thing. */
export function AuditTab({ path: [subjectId] }: TabProps) {
  const chosen = useSignal(NOTHING_CHOSEN);
  const problem = useSignal<Problem | undefined>(undefined);
  const asked = askedFor(chosen.value, subjectId);
  const { items, reply, more, trouble } = usePages<AuditEntry, Page>(`/v1/audit${query({ limit: PAGE, ...asked })}`);
  const isNarrowed = Object.values(asked).some((value) => value !== undefined);
  const save = async () => {
    problem.value = await saveTable(`/v1/audit.csv${query(asked)}`, 'audit.csv');
  };
  return (
    <>
      <Head title="Audit" lead="Who did what, newest first. It cannot be changed by anybody.">
        <button type="button" class="button" onClick={() => void save()}>
          Download as CSV
        </button>
      </Head>
      {trouble}
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {problem.value.detail ?? sentenceOf(problem.value)}
        </p>
      )}
      {reply?.complete === false && <p class="banner">The last moments are still being written down. Look again in a minute.</p>}
      {subjectId !== undefined && (
        <p class="banner">
          Only what was done to {nameOf(items, subjectId)}. <a href={hrefOf('audit')}>Show everything</a>
        </p>
      )}
      <Listing
        id="audit"
        words={['entry', 'entries']}
        items={items}
        keyOf={({ id }) => id}
        textOf={(entry) => `${sentenceFor(entry)} ${changesOf(entry).join(' ')} ${entry.by.address ?? ''}`}
        columns={[
          { id: 'what', name: 'What', show: (entry) => <Sentence entry={entry} /> },
          {
            id: 'at',
            name: 'When',
            show: ({ at }) => <span class="whole">{agoNow(at)}</span>,
            by: ({ at }) => Date.parse(at),
          },
          { id: 'from', name: 'From', show: ({ by }) => by.address, by: ({ by }) => by.address ?? '' },
          {
            id: 'thing',
            name: 'Thing',
            show: ({ subject: { id, kind } }) => id !== subjectId && <a href={hrefOf('audit', id)}>Only this {kind.replaceAll('-', ' ')}</a>,
          },
        ]}
        empty={<p>{isNarrowed ? 'Nothing like that was done.' : 'Nothing was done yet.'}</p>}
        more={more}
      >
        <Choosing chosen={chosen} />
      </Listing>
    </>
  );
}

function askedFor({ userId, action, from, to }: Chosen, subjectId: string | undefined) {
  const dayOf = (date: string, days: number) => (date === '' ? undefined : new Date(startOfDate(addDays(date, days), viewerZone())).toISOString());
  const orNone = (value: string) => (value === '' ? undefined : value);
  return { userId: orNone(userId), action: orNone(action), subjectId, from: dayOf(from, 0), to: dayOf(to, 1) };
}

function nameOf(items: readonly AuditEntry[], id: string): string {
  const subject = items.find(({ subject: one }) => one.id === id)?.subject;
  return subject === undefined ? 'one thing' : `the ${subject.kind.replaceAll('-', ' ')}${subject.name === null ? '' : ` ${subject.name}`}`;
}

function Choosing({ chosen }: { readonly chosen: Signal<Chosen> }) {
  const people = useReading(() => askEach<ManagedUserReply>('/v1/users'));
  const users = people.state.state === 'ready' ? people.state.value : [];
  const choose = (change: Partial<Chosen>) => {
    chosen.value = { ...chosen.value, ...change };
  };
  return (
    <>
      <div class="listing-filter">
        <label class="only-heard" for="audit-person">
          Person
        </label>
        <select id="audit-person" value={chosen.value.userId} onChange={(event) => choose({ userId: event.currentTarget.value })}>
          <option value="">Everyone</option>
          {users.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="listing-filter">
        <label class="only-heard" for="audit-action">
          Action
        </label>
        <select id="audit-action" value={chosen.value.action} onChange={(event) => choose({ action: event.currentTarget.value })}>
          <option value="">Every action</option>
          {[...AUDIT_ACTIONS].sort().map((action) => (
            <option key={action} value={action}>
              {action.replaceAll(/[.-]/g, ' ')}
            </option>
          ))}
        </select>
      </div>
      {(['from', 'to'] as const).map((end) => (
        <div key={end} class="listing-filter dated">
          <label for={`audit-${end}`}>{end === 'from' ? 'From' : 'Up to'}</label>
          <input id={`audit-${end}`} type="date" value={chosen.value[end]} onChange={(event) => choose({ [end]: event.currentTarget.value })} />
        </div>
      ))}
    </>
  );
}

function Sentence({ entry }: { readonly entry: AuditEntry }) {
  const changes = changesOf(entry);
  const list = (
    <ul class="changes soft">
      {changes.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  );
  return (
    <>
      {sentenceFor(entry)}
      {changes.length > MOST_IN_SIGHT ? (
        <details>
          <summary>{counted(changes.length, 'field', 'fields')}</summary>
          {list}
        </details>
      ) : (
        changes.length > 0 && list
      )}
    </>
  );
}
