// What is done to a whole record: merging it into another, taking it along, erasing it.
import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { customerExport } from '../../../src/protocol/customers.ts';
import type { Problem } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { CustomerCombobox } from '../../kit/customers/combobox.tsx';
import { type CustomerRecord, contactWords, nextWords } from '../../kit/customers/finding.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import { tell } from '../notice.tsx';
import { go } from '../places.ts';
import { saveFile } from '../save-file.ts';
import { change } from '../writes.ts';

type Export = z.output<typeof customerExport>;

export function Deeds({ record }: { readonly record: CustomerRecord }) {
  const problem = useSignal<Problem | undefined>(undefined);
  return (
    <section class="card panel-card" aria-labelledby="deeds">
      <h2 id="deeds">The whole record</h2>
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <Merge record={record} onProblem={(found) => (problem.value = found)} />
      <TakeAlong record={record} onProblem={(found) => (problem.value = found)} />
      <Erase record={record} onProblem={(found) => (problem.value = found)} />
    </section>
  );
}

type DeedProps = { readonly record: CustomerRecord; readonly onProblem: (problem: Problem | undefined) => void };

function Merge({ record, onProblem }: DeedProps) {
  const typed = useSignal('');
  const other = useSignal<CustomerRecord | undefined>(undefined);
  const merge = async (into: CustomerRecord) => {
    const answer = await change('POST', `/v1/customers/${record.id}/merge`, { into: into.id }, record.version);
    onProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    tell(`${into.name} has everything now.`, ['Appointments, messages and payments of both are one record, and both addresses lead to it.']);
    go('customers', into.id);
  };
  return (
    <div class="field">
      <label for="merge-into">The same person as</label>
      <CustomerCombobox
        id="merge-into"
        value={typed.value}
        takesFirst
        placeholder="Find the other record"
        notFound="No customer found."
        onInput={(value) => {
          typed.value = value;
        }}
        onChoose={(chosen) => {
          typed.value = '';
          if (chosen.id !== record.id) other.value = chosen;
        }}
      />
      {other.value !== undefined && (
        <AskFirst
          title="Make these two records one?"
          confirm={`Merge into ${other.value.name}`}
          keep="Leave both"
          onConfirm={() => other.value !== undefined && void merge(other.value)}
          onClose={() => {
            other.value = undefined;
          }}
        >
          <Side title="Stays, with everything of both" record={other.value} />
          <Side title="Becomes a part of it" record={record} />
          <p class="soft">This cannot be undone. Name, phone and e-mail of the one that stays are kept; the other address keeps leading to it.</p>
        </AskFirst>
      )}
    </div>
  );
}

function Side({ title, record }: { readonly title: string; readonly record: CustomerRecord }) {
  return (
    <div>
      <p class="soft small">{title}</p>
      <p>
        <strong>{record.name}</strong>
      </p>
      <p>{contactWords(record)}</p>
      <p class="soft small">
        {record.counts.visits} visits, {record.counts.noShows} no-shows · {nextWords(record)}
      </p>
    </div>
  );
}

function TakeAlong({ record, onProblem }: DeedProps) {
  const take = async () => {
    const answer = await askAs<Export>('GET', `/v1/customers/${record.id}/export`);
    onProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    saveFile(`customer-${record.id}.json`, 'application/json', JSON.stringify(answer.body, null, 2));
    tell('The file is in your downloads.', answer.body.isComplete ? [] : ['It is not complete: there is more than one file takes.']);
  };
  return (
    <button type="button" class="button" onClick={() => void take()}>
      Export what is kept
    </button>
  );
}

function Erase({ record, onProblem }: DeedProps) {
  const isAsked = useSignal(false);
  const erase = async () => {
    const answer = await change('DELETE', `/v1/customers/${record.id}`, undefined, record.version);
    onProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    tell('The customer is erased.', ['Times and prices of their appointments stay, without a name.']);
    go('customers');
  };
  return (
    <>
      <button
        type="button"
        class="button danger"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Erase…
      </button>
      {isAsked.value && (
        <AskFirst
          title={`Erase ${record.name}?`}
          confirm="Erase for good"
          keep="Keep"
          onConfirm={() => void erase()}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <p>Name, address, number, notes and messages are removed everywhere, and their account ends. Nobody can bring them back.</p>
          <p class="soft">Times and prices stay for the books. Backups keep the data until they expire.</p>
        </AskFirst>
      )}
    </>
  );
}
