// Removing a service, a person, a room or a location: what depends on it is said first, and stays or is cancelled.
import { useSignal } from '@preact/signals';
import type { Problem } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { Field } from '../kit/field.tsx';
import { counted, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { loadCatalog } from './catalog.ts';
import { tell } from './notice.tsx';
import { change } from './writes.ts';

type RemovalProps = {
  readonly name: string;
  readonly path: string;
  readonly version: number;
  /** What it means, as a sentence. */
  readonly consequence: string;
  readonly onRemoved: () => void;
};

export function Removal({ name, path, version, consequence, onRemoved }: RemovalProps) {
  const isAsked = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const inUse = problem.value?.code === 'still-in-use' ? problem.value : undefined;
  const remove = async (search = '') => {
    const answer = await change<{ readonly cancelled?: number }>('DELETE', `${path}${search}`, undefined, version);
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    const { cancelled = 0 } = answer.body;
    tell(`${name} is removed.`, cancelled > 0 ? [`${counted(cancelled, 'appointment was', 'appointments were')} cancelled, and the customers are told.`] : []);
    onRemoved();
    void loadCatalog();
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
        Remove…
      </button>
      {problem.value !== undefined && inUse === undefined && (
        <p class="wrong" role="alert">
          {problem.value.code === 'version-mismatch' ? 'This was changed meanwhile. Please look at it once more.' : sentenceOf(problem.value)}
        </p>
      )}
      {isAsked.value && (
        <AskFirst
          title={`Remove ${name}?`}
          confirm="Remove"
          keep="Keep"
          onConfirm={() => void remove()}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <p>{consequence}</p>
        </AskFirst>
      )}
      {inUse !== undefined && (
        <InUse
          name={name}
          problem={inUse}
          onRemove={(search) => void remove(search)}
          onClose={() => {
            if (problem.value === inUse) problem.value = undefined;
          }}
        />
      )}
    </>
  );
}

type InUseProps = { readonly name: string; readonly problem: Problem; readonly onRemove: (search: string) => void; readonly onClose: () => void };

/** Appointments depend on it. */
function InUse({ name, problem: { appointments = 0, next }, onRemove, onClose }: InUseProps) {
  const what = useSignal<'keep' | 'cancel'>('keep');
  const reason = useSignal('');
  const search = () =>
    `?appointments=${what.value}${what.value === 'cancel' && reason.value.trim() !== '' ? `&reason=${encodeURIComponent(reason.value.trim())}` : ''}`;
  return (
    <AskFirst
      title={`${counted(appointments, 'appointment ahead depends', 'appointments ahead depend')} on ${name}`}
      confirm={what.value === 'keep' ? 'Remove, and keep them' : 'Remove, and cancel them'}
      keep="Do not remove"
      onConfirm={() => onRemove(search())}
      onClose={onClose}
    >
      {next !== undefined && <p class="soft">The next one is on {shortDay(Date.parse(next.startsAt), viewerZone())}.</p>}
      <Choice
        value={what.value}
        onChoose={(value) => {
          what.value = value;
        }}
      />
      {what.value === 'cancel' && (
        <Field
          id="removal-reason"
          label="Reason, for the customers"
          isOptional
          value={reason.value}
          wrong={undefined}
          onInput={(value) => {
            reason.value = value;
          }}
        />
      )}
    </AskFirst>
  );
}

function Choice({ value, onChoose }: { readonly value: 'keep' | 'cancel'; readonly onChoose: (value: 'keep' | 'cancel') => void }) {
  return (
    <fieldset>
      <legend class="only-heard">The appointments</legend>
      <label class="check">
        <input type="radio" name="appointments" checked={value === 'keep'} onChange={() => onChoose('keep')} />
        They stay as they are booked
      </label>
      <label class="check">
        <input type="radio" name="appointments" checked={value === 'cancel'} onChange={() => onChoose('cancel')} />
        They are cancelled, and the customers are told
      </label>
    </fieldset>
  );
}
