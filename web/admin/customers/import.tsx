// Customers from a table: a file is tried first, and what would become of each line is told before anything is stored.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ImportList, ImportReport } from '../../../src/protocol/customers.ts';
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

const STOPPED: Problem = { code: 'outcome-unknown', status: 503, title: '' };
/** Steps of an import take some tens of milliseconds. */
const ASK_EVERY_MS = 500;

type State =
  | { readonly is: 'choosing' | 'trying' }
  /** `isOurs`: this page waits for its answer. */
  | { readonly is: 'importing'; readonly isOurs: boolean }
  | { readonly is: 'tried'; readonly file: File; readonly report: ImportReport };
type Standing = ImportList['items'][number];

export function ImportCustomers() {
  const state = useSignal<State>({ is: 'choosing' });
  const standing = useSignal<Standing | undefined>(undefined);
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
    state.value = { is: 'trying' };
    const answer = await send(file, 'dryRun=true&mode=good');
    if (answer.ok) state.value = { is: 'tried', file, report: answer.body };
    else {
      problem.value = answer.problem;
      state.value = { is: 'choosing' };
    }
  };
  const store = async (file: File, report: ImportReport) => {
    standing.value = undefined;
    state.value = { is: 'importing', isOurs: true };
    // In steps: no other request waits for it meanwhile, and what it has done is seen.
    const answer = await send(file, 'mode=good');
    problem.value = answer.ok ? undefined : answer.problem;
    state.value = { is: 'tried', file, report };
    if (!answer.ok) return;
    const { added, known } = answer.body;
    finish(added, known > 0 ? [`${counted(known, 'was a customer', 'were customers')} already, and nothing of theirs was changed.`] : []);
  };
  useStanding(state, standing, problem);
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
        {now.is === 'trying' && <Reading />}
        {now.is === 'importing' && <Adding standing={standing.value} />}
        {now.is === 'tried' && <Tried report={now.report} onImport={() => void store(now.file, now.report)} />}
      </div>
    </>
  );
}

function finish(added: number, lines: readonly string[]): void {
  tell(`${counted(added, 'customer is', 'customers are')} added.`, lines);
  go('customers');
}

/** Follows an import that is under way: ours, one from before the page was loaded again, or one of another tab or a colleague. */
function useStanding(state: Signal<State>, standing: Signal<Standing | undefined>, problem: Signal<Problem | undefined>): void {
  const isImporting = state.value.is === 'importing';
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const look = async (): Promise<void> => {
      const answer = await askAs<ImportList>('GET', '/v1/customers/imports');
      if (isGone) return;
      const now = state.peek();
      const newest = answer.ok ? answer.body.items[0] : undefined;
      if (newest?.state === 'running') {
        standing.value = newest;
        if (now.is === 'choosing') state.value = { is: 'importing', isOurs: false };
      } else if (newest !== undefined && now.is === 'importing' && !now.isOurs) {
        state.value = { is: 'choosing' };
        if (newest.state === 'done') finish(newest.added, []);
        else problem.value = { ...STOPPED, detail: `The import stopped after ${newest.added} customers. Import the same file again: it adds the rest.` };
      }
      if (state.peek().is === 'importing') timer = setTimeout(() => void look(), ASK_EVERY_MS);
    };
    void look();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [isImporting]);
}

function Reading() {
  return (
    <div role="status">
      <p>Reading the file…</p>
      <progress aria-label="Under way" />
    </div>
  );
}

/** The sentence is read out once; the count is there for who looks, or asks the bar. */
function Adding({ standing }: { readonly standing: Standing | undefined }) {
  const { customers = null, added = 0 } = standing ?? {};
  if (customers === null) return <Reading />;
  return (
    <div>
      <p role="status">Adding {counted(customers, 'customer', 'customers')}…</p>
      <progress aria-label="Customers added" value={added} max={Math.max(customers, 1)} />
      <p class="soft small">
        {added} of {customers}. It goes on if you leave this page.
      </p>
    </div>
  );
}

function send(file: File, query: string): Promise<Answer<ImportReport>> {
  return askAs<ImportReport>('POST', `/v1/customers/import?${query}`, { body: new Blob([file], { type: 'text/csv' }) });
}

function wordsOf(problem: Problem): string {
  const [first] = problem.errors ?? [];
  if (problem.code === 'unreachable') return 'The server did not answer. Nothing is imported twice: import the same file again.';
  if (problem.code === 'too-large' || problem.code === 'outcome-unknown') return problem.detail ?? sentenceOf(problem);
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
