// Who did what, in sentences, with before and after.
import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { auditEntries } from '../../../src/protocol/audit.ts';
import { ago } from '../../kit/ago.ts';
import { query, serverNow } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { startOfDate, viewerZone } from '../../kit/zoned-dates.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { usePages } from '../pages.tsx';
import { type AuditEntry, changesOf, sentenceFor } from './sentences.ts';

type Page = z.output<typeof auditEntries>;
const PAGE = 100;
const DAY = 86_400_000;
/** More fields are behind a click. */
const MOST_IN_SIGHT = 3;

export function AuditTab() {
  const day = useSignal('');
  const to = day.value === '' ? undefined : new Date(startOfDate(day.value, viewerZone()) + DAY).toISOString();
  const { items, reply, more, trouble } = usePages<AuditEntry, Page>(`/v1/audit${query({ limit: PAGE, to })}`);
  const kinds = [...new Set(items.map(({ subject }) => subject.kind))].sort();
  return (
    <>
      <Head title="Audit" lead="Who did what, newest first. It cannot be changed by anybody." />
      {trouble}
      {reply?.complete === false && <p class="banner">The last moments are still being written down. Look again in a minute.</p>}
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
            show: ({ at }) => <span class="whole">{ago(Date.parse(at), serverNow(), viewerZone())}</span>,
            by: ({ at }) => Date.parse(at),
          },
          { id: 'from', name: 'From', show: ({ by }) => by.address, by: ({ by }) => by.address ?? '' },
        ]}
        filters={[
          {
            id: 'kind',
            name: 'About',
            options: [
              { id: 'all', name: 'Everything', isIn: () => true },
              ...kinds.map((kind) => ({ id: kind, name: kind.replaceAll('-', ' '), isIn: ({ subject }: AuditEntry) => subject.kind === kind })),
            ],
          },
        ]}
        empty={<p>Nothing was done {day.value === '' ? 'yet' : 'up to that day'}.</p>}
        more={more}
      >
        <div class="listing-filter">
          <label class="only-heard" for="audit-day">
            Up to the day
          </label>
          <input
            id="audit-day"
            type="date"
            value={day.value}
            onChange={(event) => {
              day.value = event.currentTarget.value;
            }}
          />
        </div>
      </Listing>
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
