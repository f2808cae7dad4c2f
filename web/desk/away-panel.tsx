// A colleague is ill: what of the day, who can take each, and one button.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { HoursPlanReply } from '../../src/protocol/hours-plans.ts';
import { announce } from '../kit/announcing.tsx';
import { type Problem, serverNow } from '../kit/api.ts';
import { longDay } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { actWords, type Choices, choicesFor, doneWords, StrandedList, TellCustomers } from '../kit/stranded.tsx';
import type { BoardCalendar } from './board.ts';
import { lookAway } from './looking-at.ts';
import { PanelFrame } from './panel-frame.tsx';
import { columnName, date, day, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

const MINUTE = 60_000;

export function AwayPanel({ calendar }: { readonly calendar: BoardCalendar }) {
  const { staffId } = calendar;
  const plan = useSignal<HoursPlanReply | undefined>(undefined);
  const choices = useSignal<Choices>({});
  const isTold = useSignal(true);
  const problemOfLook = useSignal<Problem | undefined>(undefined);
  // What is planned is what is carried out, however long the panel is looked at.
  const span = useRef(spanOf(day.value)).current;
  const path = `/v1/staff/${staffId}/time-off`;
  const text = words.value.away;
  const body = { ...span, reason: text.reason };
  const look = async (): Promise<Problem | undefined> => {
    const answer = await askAs<HoursPlanReply>('POST', `${path}?plan=true`, { body });
    if (!answer.ok) return answer.problem;
    choices.value = choicesFor(answer.body.stranded, choices.peek());
    plan.value = answer.body;
    return undefined;
  };
  const { form, isBusy, problem, send } = useSending(async () => {
    if (plan.value === undefined) return look();
    const notify = isTold.value ? {} : { notify: { customer: false } };
    const answer = await askAs('POST', `${path}?planId=${plan.value.planId}`, { body: { ...body, stranded: choices.value, ...notify } });
    if (answer.ok) {
      announce(text.done({ name: columnName(staffId), what: doneWords(choices.value) }));
      lookAway();
      return undefined;
    }
    if (answer.problem.code === 'plan-outdated') {
      choices.value = {};
      await look();
    }
    return answer.problem;
  });
  useEffect(() => {
    void look().then((wrong) => {
      if (wrong !== undefined) problemOfLook.value = wrong;
    });
  }, []);
  const known = plan.value;
  return (
    <PanelFrame title={text.title({ name: columnName(staffId) })}>
      <p class="soft">{(date.value === today() ? text.fromNow : text.wholeDay)({ day: longDay(Date.parse(span.startsAt), timeZone.value) })}</p>
      {known === undefined && problemOfLook.value === undefined && <div class="loading" aria-busy="true" />}
      <form ref={form} class="away" onSubmit={send} noValidate>
        {known !== undefined && known.stranded.length === 0 && <p>{text.nothing}</p>}
        {known !== undefined && (
          <StrandedList
            {...{ stranded: known.stranded, choices: choices.value, timeZone: timeZone.value, nameOf: columnName }}
            onChoose={(next) => {
              choices.value = next;
            }}
          />
        )}
        {known !== undefined && known.stranded.length > 0 && <TellCustomers isTold={isTold} />}
        <FormProblem problem={problem.value ?? problemOfLook.value} unheard={text.again} />
        {known !== undefined && <SendButton isBusy={isBusy.value}>{actWords(text.mark, choices.value)}</SendButton>}
      </form>
    </PanelFrame>
  );
}

/** Of today what is left; of another day all of it. */
function spanOf({ startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }): { readonly startsAt: string; readonly endsAt: string } {
  const now = Math.floor(serverNow() / MINUTE) * MINUTE;
  return { startsAt: new Date(Math.min(Math.max(startsAt, now), endsAt - MINUTE)).toISOString(), endsAt: new Date(endsAt).toISOString() };
}
