// Customers from a table: a file is tried first, and what would become of each line is told before anything is stored.
import { useSignal } from '@preact/signals';
import type { ImportReport } from '../../../src/protocol/customers.ts';
import type { Answer, Problem } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { go, hrefOf } from '../places.ts';

const LARGEST_BYTES = 5 * 1_024 * 1_024;
const TOO_LARGE: Problem = { code: 'too-large', status: 413, title: '', detail: 'The file is larger than 5 MB. Divide it into several.' };

type State =
  | { readonly is: 'choosing' }
  | { readonly is: 'trying' | 'importing'; readonly file: File; readonly customers: number }
  | { readonly is: 'tried'; readonly file: File; readonly report: ImportReport };

export function ImportCustomers() {
  const state = useSignal<State>({ is: 'choosing' });
  const problem = useSignal<Problem | undefined>(undefined);
  const now = state.value;
  const tryOut = async (file: File | undefined) => {
    problem.value = undefined;
    state.value = { is: 'choosing' };
    if (file === undefined) return;
    if (file.size > LARGEST_BYTES) {
      problem.value = TOO_LARGE;
      return;
    }
    state.value = { is: 'trying', file, customers: 0 };
    const answer = await send(file, 'dryRun=true&mode=good');
    if (answer.ok) state.value = { is: 'tried', file, report: answer.body };
    else {
      problem.value = answer.problem;
      state.value = { is: 'choosing' };
    }
  };
  const store = async (file: File, report: ImportReport) => {
    state.value = { is: 'importing', file, customers: report.added };
    const answer = await send(file, `mode=${report.bad === 0 ? 'all' : 'good'}`);
    problem.value = answer.ok ? undefined : answer.problem;
    state.value = { is: 'tried', file, report };
    if (!answer.ok) return;
    const { added, known } = answer.body;
    tell(
      `${counted(added, 'customer is', 'customers are')} added.`,
      known > 0 ? [`${counted(known, 'was a customer', 'were customers')} already, and nothing of theirs was changed.`] : [],
    );
    go('customers');
  };
  return (
    <>
      <Head
        title="Import customers"
        back={{ href: hrefOf('customers'), words: 'All customers' }}
        lead="From a table, as spreadsheets save it (CSV UTF-8). Nothing is stored before you have seen what becomes of each line."
      />
      <div class="import">
        <div class="field">
          <label for="import-file">The file</label>
          <input
            id="import-file"
            type="file"
            accept=".csv,text/csv"
            aria-describedby="import-hint"
            onChange={(event) => void tryOut(event.currentTarget.files?.[0])}
          />
          <p class="field-hint" id="import-hint">
            The first line names the columns: <code>name,email,phone,notes,tags</code>, in any order; only <code>name</code> is needed. Up to 10,000 lines and 5
            MB.
          </p>
        </div>
        {problem.value !== undefined && (
          <div class="banner danger" role="alert">
            <p>{wordsOf(problem.value)}</p>
          </div>
        )}
        {(now.is === 'trying' || now.is === 'importing') && (
          <div role="status">
            <p>{now.is === 'trying' ? 'Reading the file…' : `Adding ${counted(now.customers, 'customer', 'customers')}…`}</p>
            <progress aria-label="Under way" />
          </div>
        )}
        {now.is === 'tried' && <Tried report={now.report} onImport={() => void store(now.file, now.report)} />}
      </div>
    </>
  );
}

function send(file: File, query: string): Promise<Answer<ImportReport>> {
  return askAs<ImportReport>('POST', `/v1/customers/import?${query}`, { body: new Blob([file], { type: 'text/csv' }) });
}

function wordsOf(problem: Problem): string {
  const [first] = problem.errors ?? [];
  if (problem.code === 'unreachable') return 'The server did not answer. Nothing is imported twice: import the same file again.';
  if (problem.code === 'too-large') return problem.detail ?? 'The file is too large.';
  return first === undefined ? sentenceOf(problem) : `The ${first.path} ${first.message}.`;
}

function Tried({ report, onImport }: { readonly report: ImportReport; readonly onImport: () => void }) {
  const { lines, added, known, repeated, bad, errors } = report;
  return (
    <>
      <section class="card panel-card" aria-labelledby="import-report" role="status">
        <h2 id="import-report">{counted(lines, 'line', 'lines')} in the file</h2>
        <ul class="rows">
          <li>
            <strong>{counted(added, 'new customer', 'new customers')}</strong>
          </li>
          {known > 0 && (
            <li>{counted(known, 'is a customer', 'are customers')} already, by e-mail address or by name and number: nothing of theirs is changed</li>
          )}
          {repeated > 0 && <li>{counted(repeated, 'line is', 'lines are')} about a person of an earlier line</li>}
          {bad > 0 && <li>{counted(bad, 'line has', 'lines have')} errors and would be left out</li>}
        </ul>
        {added === 0 ? (
          <p class="soft">No customers to add.</p>
        ) : (
          <div class="actions">
            <button type="button" class="button primary" onClick={onImport}>
              {bad === 0 ? `Import ${counted(added, 'customer', 'customers')}` : `Import the ${added} without errors`}
            </button>
            {bad > 0 && <span class="soft small">Or correct the file and choose it again.</span>}
          </div>
        )}
      </section>
      {errors.length > 0 && (
        <section class="listing" aria-labelledby="import-errors">
          <h2 id="import-errors">What is wrong</h2>
          <Listing
            id="errors"
            words={['error', 'errors']}
            items={errors}
            keyOf={({ line, column }) => `${line} ${column}`}
            columns={[
              { id: 'line', name: 'Line', show: ({ line }) => `Line ${line}`, by: ({ line }) => line },
              { id: 'column', name: 'Column', show: ({ column }) => (column === 'line' ? 'the whole line' : column), by: ({ column }) => column },
              { id: 'message', name: 'What', show: ({ message }) => message, by: ({ message }) => message },
            ]}
            empty={null}
          />
        </section>
      )}
    </>
  );
}
