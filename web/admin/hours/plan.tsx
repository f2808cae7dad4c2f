// What a change of hours means for what is booked, before it is saved.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { HoursPlanReply } from '../../../src/protocol/hours-plans.ts';
import type { Problem } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../../kit/sending.tsx';
import { askAs } from '../../kit/session.ts';
import { actWords, type Choices, choicesFor, doneWords, StrandedList, TellCustomers } from '../../kit/stranded.tsx';
import { loadCatalog, openCatalog } from '../catalog.ts';
import { tell } from '../notice.tsx';
import { change } from '../writes.ts';
import type { Change, Whose } from './whose.ts';

type PlanProps = { readonly whose: Whose; readonly planned: Change; readonly onDone: () => void; readonly onClose: () => void };

export function PlanCard({ whose, planned, onDone, onClose }: PlanProps) {
  const plan = useSignal<HoursPlanReply | undefined>(undefined);
  const choices = useSignal<Choices>({});
  const isTold = useSignal(true);
  const unplanned = useSignal<Problem | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { method, path, body, act, done, isOfItsOwn } = planned;
  const version = isOfItsOwn ? undefined : whose.version;
  const look = async () => {
    const answer = await askAs<HoursPlanReply>(method, `${path}?plan=true`, {
      body,
      ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    });
    unplanned.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    choices.value = choicesFor(answer.body.stranded, choices.peek());
    plan.value = answer.body;
  };
  const { form, isBusy, problem, send } = useSending(async () => {
    const known = plan.peek();
    if (known === undefined) {
      await look();
      return undefined;
    }
    const notify = isTold.value ? {} : { notify: { customer: false } };
    const answer = await change(method, `${path}?planId=${encodeURIComponent(known.planId)}`, { ...body, stranded: choices.value, ...notify }, version);
    if (answer.ok) {
      tell(done, known.stranded.length > 0 ? [doneWords(choices.value)] : []);
      await loadCatalog();
      onDone();
      return undefined;
    }
    if (answer.problem.code === 'plan-outdated') await look();
    if (answer.problem.code === 'version-mismatch') await loadCatalog();
    return answer.problem;
  });
  // Another version of the hours is another plan.
  useEffect(() => {
    plan.value = undefined;
    void look();
  }, [whose.version]);
  useEffect(() => heading.current?.focus(), []);
  const known = plan.value;
  const nameOf = (id: string) => openCatalog().staff.find((member) => member.id === id)?.name ?? 'Someone else';
  return (
    <section class="card panel-card plan-card" aria-labelledby="plan-heading">
      <h2 id="plan-heading" ref={heading} tabIndex={-1}>
        {act}?
      </h2>
      <form ref={form} class="plan-form" onSubmit={send} noValidate>
        {known === undefined && unplanned.value === undefined && <div class="loading" aria-busy="true" />}
        {known !== undefined && <p>{meaningWords(known)}</p>}
        {known !== undefined && known.stranded.length > 0 && (
          <>
            <StrandedList
              {...{ stranded: known.stranded, choices: choices.value, timeZone: whose.timeZone, nameOf, isWide: true }}
              onChoose={(next) => {
                choices.value = next;
              }}
            />
            <TellCustomers isTold={isTold} />
          </>
        )}
        <FormProblem problem={problem.value ?? unplanned.value} sentence={sentenceFor} unheard="Please look at the hours before you try again." />
        <div class="actions">
          {unplanned.value === undefined && known !== undefined && <SendButton isBusy={isBusy.value}>{actWords(act, choices.value)}</SendButton>}
          <button type="button" class="button" onClick={onClose}>
            Leave as it is
          </button>
        </div>
      </form>
    </section>
  );
}

function meaningWords({ stranded, kept }: HoursPlanReply): string {
  const stay = kept === 0 ? '' : ` ${counted(kept, 'other appointment ahead stays', 'other appointments ahead stay')} as they are.`;
  if (stranded.length === 0) return `Nothing that is booked is touched.${stay}`;
  const [have, each] = stranded.length === 1 ? ['1 appointment has', 'it'] : [`${stranded.length} appointments have`, 'each'];
  return `${have} no place any more: what becomes of ${each}?${stay}`;
}

function sentenceFor({ code, detail, title }: Problem): string {
  if (code === 'version-mismatch') return 'Another person has changed these hours. You see them as they are now; please look once more.';
  if (code === 'plan-outdated') return 'Something was booked or moved meanwhile. You see what it means now; please look once more.';
  return detail ?? title;
}
