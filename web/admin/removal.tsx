// Removing a service, a person, a room or a location: what it means for what is booked is shown first, and each appointment is moved, cancelled or stays.
import { type Signal, useSignal } from '@preact/signals';
import type { HoursPlanReply } from '../../src/protocol/hours-plans.ts';
import type { Problem } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { Field } from '../kit/field.tsx';
import { counted, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { actWords, type Choices, choicesFor, doneWords, StrandedList, TellCustomers } from '../kit/stranded.tsx';
import { viewerZone } from '../kit/zoned-dates.ts';
import { loadCatalog, openCatalog } from './catalog.ts';
import { tell } from './notice.tsx';
import { change } from './writes.ts';

type RemovalProps = {
  readonly name: string;
  readonly path: string;
  readonly version: number;
  /** What it means, as a sentence. */
  readonly consequence: string;
  readonly onRemoved: () => void;
  /** What becomes of appointments that have no other place, unless the reader says otherwise. Left out: none depends on it. */
  readonly otherwise?: 'keep' | 'cancel';
};

export function Removal({ otherwise, ...props }: RemovalProps) {
  return otherwise === undefined ? <Unplanned {...props} /> : <Planned {...props} otherwise={otherwise} />;
}

type Plan = { readonly reply: HoursPlanReply; readonly choices: Choices };
type PlannedProps = RemovalProps & Required<Pick<RemovalProps, 'otherwise'>>;

function Planned(props: PlannedProps) {
  const { name, path, version, consequence, otherwise, onRemoved } = props;
  const plan = useSignal<Plan | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  const isTold = useSignal(true);
  const look = async () => {
    const answer = await askAs<HoursPlanReply>('DELETE', `${path}?plan=true`, { headers: { 'if-match': `"${version}"` } });
    if (answer.ok) plan.value = { reply: answer.body, choices: choicesFor(answer.body.stranded, plan.peek()?.choices ?? {}, { otherwise }) };
    else problem.value = answer.problem;
  };
  const begin = async (work: () => Promise<void>) => {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = undefined;
    await work();
    isBusy.value = false;
  };
  const remove = async ({ reply, choices }: Plan) => {
    const stranded = reply.stranded.length > 0 ? { stranded: choices, ...(!isTold.value && { notify: { customer: false } }) } : {};
    const answer = await change('DELETE', `${path}?planId=${encodeURIComponent(reply.planId)}`, stranded, version);
    if (answer.ok) {
      tell(`${name} is removed.`, reply.stranded.length > 0 ? [doneWords(choices)] : []);
      onRemoved();
      await loadCatalog();
      return;
    }
    if (answer.problem.code === 'plan-outdated') await look();
    else plan.value = undefined;
    problem.value = answer.problem;
  };
  const known = plan.value;
  // More than a plan can name: all of them stay or all are cancelled.
  if (problem.value?.code === 'limit-reached') return <Unplanned {...props} isAskedAtOnce />;
  return (
    <>
      <button type="button" class="button danger" aria-busy={isBusy.value || undefined} onClick={() => void begin(look)}>
        Remove…
      </button>
      {problem.value !== undefined && known === undefined && <Wrong problem={problem.value} />}
      {known !== undefined && !isBusy.value && (
        <AskFirst
          title={`Remove ${name}?`}
          confirm={actWords('Remove', known.choices)}
          keep="Do not remove"
          onConfirm={() => void begin(() => remove(known))}
          onClose={() => {
            if (!isBusy.peek()) plan.value = undefined;
          }}
        >
          {problem.value !== undefined && <Wrong problem={problem.value} />}
          <p>{consequence}</p>
          <Dependent {...{ plan, known, isTold }} />
        </AskFirst>
      )}
    </>
  );
}

type DependentProps = { readonly plan: Signal<Plan | undefined>; readonly known: Plan; readonly isTold: Signal<boolean> };

/** The appointments that depend on it, and what becomes of each. */
function Dependent({ plan, known: { reply, choices }, isTold }: DependentProps) {
  const { stranded } = reply;
  if (stranded.length === 0) return <p>No appointment ahead depends on it.</p>;
  const { staff, locations } = openCatalog();
  const memberOf = (id: string) => staff.find((member) => member.id === id);
  const zoneOf = ({ staffId }: (typeof stranded)[number]) => locations.find(({ id }) => id === memberOf(staffId)?.locationId)?.timeZone ?? viewerZone();
  return (
    <>
      <p>{counted(stranded.length, 'appointment ahead depends', 'appointments ahead depend')} on it. What becomes of each?</p>
      <StrandedList
        {...{ stranded, choices, timeZone: zoneOf, nameOf: (id) => memberOf(id)?.name ?? 'someone who has left', isWide: true }}
        onChoose={(next) => {
          plan.value = { reply, choices: next };
        }}
      />
      <TellCustomers isTold={isTold} />
    </>
  );
}

function Wrong({ problem }: { readonly problem: Problem }) {
  return (
    <p class="wrong" role="alert">
      {sentenceFor(problem)}
    </p>
  );
}

function sentenceFor(problem: Problem): string {
  if (problem.code === 'version-mismatch') return 'This was changed meanwhile. Please look at it once more.';
  if (problem.code === 'plan-outdated') return 'Something was booked or moved meanwhile. You see what it means now; please look once more.';
  if (problem.code === 'wrong-status') return problem.detail ?? problem.title;
  return sentenceOf(problem);
}

/** Without a plan: what is in the way is said, and all of it stays or is cancelled. */
function Unplanned({
  name,
  path,
  version,
  consequence,
  onRemoved,
  isAskedAtOnce = false,
}: Omit<RemovalProps, 'otherwise'> & { readonly isAskedAtOnce?: boolean }) {
  const isAsked = useSignal(isAskedAtOnce);
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
      {problem.value !== undefined && inUse === undefined && <Wrong problem={problem.value} />}
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
