// Customers as records: found while typing, looked at, changed, merged, exported and erased.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { z } from 'zod';
import type { customerChangeBody, newCustomerBody } from '../../../src/protocol/customers.ts';
import { type Problem, query } from '../../kit/api.ts';
import { type CustomerRecord, nextWords } from '../../kit/customers/finding.ts';
import { choice, line, lineOrNone, longText, tags, yesOrNo } from '../../kit/field-kinds.tsx';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing, ListingSearch } from '../listing.tsx';
import { go, hrefOf, type TabProps } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { change } from '../writes.ts';
import { Deeds } from './deeds.tsx';
import { History } from './history.tsx';
import { ImportCustomers } from './import.tsx';

const TAB = 'customers';
const NEW = 'new';
const IMPORT = 'import';
const ALL = { href: hrefOf(TAB), words: 'All customers' };
const PAGE = 50;
/** A pause in typing. */
const PAUSE_MILLISECONDS = 200;

export function CustomersTab({ path: [id] }: TabProps) {
  if (id === NEW) return <NewCustomer />;
  if (id === IMPORT) return <ImportCustomers />;
  return id === undefined ? <CustomerList /> : <Customer key={id} id={id} />;
}

type Page = { readonly items: readonly CustomerRecord[]; readonly nextCursor: string | null };
type Shown = Page & { readonly problem?: Problem };
/** Stays while the reader looks at one of them. */
const typed: { current: string } = { current: '' };

function CustomerList() {
  const search = useSignal(typed.current);
  const shown = useSignal<Shown | undefined>(undefined);
  const asked = search.value.trim();
  const read = async (cursor?: string) => {
    const answer = await askAs<Page>('GET', `/v1/customers${query({ q: asked === '' ? undefined : asked, limit: PAGE, cursor })}`);
    if (search.peek().trim() !== asked) return;
    const before = cursor === undefined ? [] : (shown.peek()?.items ?? []);
    shown.value = answer.ok ? { ...answer.body, items: [...before, ...answer.body.items] } : { items: before, nextCursor: null, problem: answer.problem };
  };
  useEffect(() => {
    typed.current = search.value;
    const timer = setTimeout(() => void read(), shown.peek() === undefined ? 0 : PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [asked]);
  const add = (
    <>
      <a class="button" href={hrefOf(TAB, IMPORT)}>
        Import
      </a>
      <a class="button primary" href={hrefOf(TAB, NEW)}>
        Add a customer
      </a>
    </>
  );
  return (
    <>
      <Head title="Customers" lead="By name, part of a telephone number or address, or the reference of an appointment. Typing errors are forgiven.">
        {add}
      </Head>
      {shown.value?.problem !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(shown.value.problem)}
        </p>
      )}
      <Found shown={shown.value} search={search} onMore={read} />
    </>
  );
}

function Found({
  shown,
  search,
  onMore,
}: {
  readonly shown: Shown | undefined;
  readonly search: Signal<string>;
  readonly onMore: (cursor: string) => Promise<void>;
}) {
  const cursor = shown?.nextCursor ?? null;
  const more =
    shown === undefined ? (
      <div class="loading office-loading" aria-busy="true" />
    ) : (
      cursor !== null && (
        <button type="button" class="button listing-more" onClick={() => void onMore(cursor)}>
          Show more
        </button>
      )
    );
  return (
    <Listing
      id="customers"
      words={['customer', 'customers']}
      items={shown?.items ?? []}
      keyOf={({ id }) => id}
      hrefOf={({ id }) => hrefOf(TAB, id)}
      columns={[
        {
          id: 'name',
          name: 'Name',
          show: ({ name, blocked, tags: words }) => (
            <>
              {name}
              {blocked && <span class="tag danger">blocked</span>}
              {words.slice(0, 2).map((word) => (
                <span key={word} class="tag">
                  {word}
                </span>
              ))}
            </>
          ),
          by: ({ name }) => name,
        },
        { id: 'phone', name: 'Phone', show: ({ phone }) => phone !== undefined && <span class="whole">{phone}</span>, by: ({ phone = '' }) => phone },
        { id: 'email', name: 'E-mail', show: ({ email = '' }) => email, by: ({ email = '' }) => email },
        { id: 'visits', name: 'Visits', show: ({ counts }) => counts.visits, by: ({ counts }) => counts.visits, isNumber: true },
        { id: 'missed', name: 'No-shows', show: ({ counts }) => counts.noShows, by: ({ counts }) => counts.noShows, isNumber: true },
        {
          id: 'next',
          name: 'Next',
          show: (record) => record.nextAppointment !== null && nextWords(record).replace(/^Next: /, ''),
          by: ({ nextAppointment }) => nextAppointment?.startsAt ?? '~',
        },
      ]}
      filters={[
        {
          id: 'which',
          name: 'Which customers',
          options: [
            { id: 'all', name: 'All', isIn: () => true },
            { id: 'ahead', name: 'With an appointment ahead', isIn: ({ nextAppointment }) => nextAppointment !== null },
            { id: 'blocked', name: 'Blocked', isIn: ({ blocked }) => blocked },
            { id: 'missed', name: 'With a no-show', isIn: ({ counts }) => counts.noShows > 0 },
          ],
        },
      ]}
      empty={
        search.value.trim() === '' ? (
          <p>There are no customers yet. They come with their first booking.</p>
        ) : (
          <p>No customer is like “{search.value.trim()}”.</p>
        )
      }
      more={more}
    >
      <ListingSearch id="customers" many="customers" typed={search} hint="Name, phone, e-mail or reference" />
    </Listing>
  );
}

const MARKETING = [
  { value: 'unknown', words: 'Not asked' },
  { value: 'yes', words: 'Agreed' },
  { value: 'no', words: 'Does not want any' },
] as const;
type Marketing = (typeof MARKETING)[number]['value'];
type Consents = z.input<typeof customerChangeBody>['consents'];

/** The form asks in words, the protocol has true, false and null. */
function consents() {
  const kind = choice<Marketing>(MARKETING);
  const wordOf = (value: Consents): Marketing => (value?.marketing == null ? 'unknown' : value.marketing ? 'yes' : 'no');
  return {
    ...kind,
    show: (value: Consents) => wordOf(value),
    say: (value: Consents) => kind.say(wordOf(value)),
    read: (text: Parameters<typeof kind.read>[0]) => ({ value: { marketing: { unknown: null, yes: true, no: false }[text as Marketing] ?? null } }),
  };
}

const FIELDS: FieldsOf<z.input<typeof customerChangeBody>> = {
  name: { label: 'Name', kind: line() },
  phone: { label: 'Phone', kind: lineOrNone('tel'), isOptional: true },
  email: { label: 'E-mail', kind: lineOrNone('email'), isOptional: true },
  tags: { label: 'Tags', kind: tags(), isOptional: true, hint: 'Separated by commas.' },
  notes: { label: 'Notes', kind: longText(), isOptional: true },
  staffNotes: { label: 'Notes for staff', kind: longText(), isOptional: true },
  blocked: { label: 'Booking online', kind: yesOrNo('Blocked: the desk can still book', ['allowed', 'blocked']) },
  consents: { label: 'Offers by e-mail', kind: consents() },
};
const ROWS = [['name'], ['phone', 'email'], ['tags', 'consents'], ['notes'], ['staffNotes'], ['blocked']];

function reachOf(names: readonly string[]): string | undefined {
  return names.some((name) => ['name', 'phone', 'email'].includes(name)) ? 'Appointments ahead get it, too.' : undefined;
}

const recordOf = (record: CustomerRecord): Values => ({ ...record, consents: { marketing: record.consents.marketing } });

function NewCustomer() {
  const save = (body: Values) => change<CustomerRecord>('POST', '/v1/customers', { name: '', ...body } satisfies z.input<typeof newCustomerBody>);
  return (
    <>
      <Head title="Add a customer" back={ALL} />
      <RecordForm
        id={`${TAB}/${NEW}`}
        fields={FIELDS}
        record={null}
        blank={{ name: '', tags: [], blocked: false, consents: {} }}
        save={save}
        onSaved={({ id }) => go(TAB, id)}
        words={{ save: 'Add', saved: 'The customer is added.' }}
      >
        {(form) => <FormPart title="Who" form={form} rows={ROWS} />}
      </RecordForm>
    </>
  );
}

function Customer({ id }: { readonly id: string }) {
  const record = useSignal<CustomerRecord | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const path = `/v1/customers/${id}`;
  const read = async () => {
    const answer = await askAs<CustomerRecord>('GET', path);
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) record.value = answer.body;
    return answer.ok ? recordOf(answer.body) : undefined;
  };
  useEffect(() => void read(), []);
  const known = record.value;
  if (known === undefined)
    return (
      <>
        <Head title="Customer" back={ALL} />
        {problem.value === undefined ? <div class="loading office-loading" aria-busy="true" /> : <p class="banner danger">{sentenceOf(problem.value)}</p>}
      </>
    );
  const { visits, noShows, cancelled } = known.counts;
  return (
    <>
      <Head
        title={known.name}
        back={ALL}
        lead={`${visits} visits · ${noShows} no-shows · ${cancelled} cancelled${known.hasAccount ? ' · has an account' : ''}`}
      />
      <div class="beside">
        <RecordForm
          id={`${TAB}/${id}`}
          fields={FIELDS}
          record={recordOf(known)}
          reread={read}
          save={(body, version) => change<CustomerRecord>('PATCH', path, body, version)}
          onSaved={(saved) => {
            record.value = saved;
          }}
          words={{ save: 'Save', saved: `${known.name} is saved.` }}
          reach={reachOf}
        >
          {(form) => <FormPart title="Record" form={form} rows={ROWS} />}
        </RecordForm>
        <div class="beside-look">
          <History customerId={id} />
          <Deeds record={known} />
        </div>
      </div>
    </>
  );
}
