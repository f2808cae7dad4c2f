// A colleague is ill: what of the day, who can take each, and one button.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { HoursPlanReply } from '../../src/protocol/hours-plans.ts';
import { announce } from '../kit/announcing.tsx';
import { type Problem, serverNow } from '../kit/api.ts';
import { clock, counted, longDay, shortDay } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import type { BoardCalendar } from './board.ts';
import { lookAway } from './looking-at.ts';
import { PanelFrame } from './panel-frame.tsx';
import { columnName, date, day, timeZone, today } from './watching.ts';

type Stranded = HoursPlanReply['stranded'][number];
type Choice = { readonly action: 'keep' | 'cancel' } | { readonly action: 'move'; readonly staffId: string; readonly startsAt: string };
const MINUTE = 60_000;

export function AwayPanel({ calendar }: { readonly calendar: BoardCalendar }) {
  const { staffId } = calendar;
  const plan = useSignal<HoursPlanReply | undefined>(undefined);
  const choices = useSignal<Readonly<Record<string, Choice>>>({});
  const isTold = useSignal(true);
  const problemOfLook = useSignal<Problem | undefined>(undefined);
  // What is planned is what is carried out, however long the panel is looked at.
  const span = useRef(spanOf(day.value)).current;
  const path = `/v1/staff/${staffId}/time-off`;
  const body = { ...span, reason: 'Ill' };
  const look = async (): Promise<Problem | undefined> => {
    const answer = await askAs<HoursPlanReply>('POST', `${path}?plan=true`, { body });
    if (!answer.ok) return answer.problem;
    choices.value = Object.fromEntries(answer.body.stranded.map((one) => [one.appointmentId, choices.peek()[one.appointmentId] ?? usualFor(one)]));
    plan.value = answer.body;
    return undefined;
  };
  const { form, isBusy, problem, send } = useSending(async () => {
    if (plan.value === undefined) return look();
    const notify = isTold.value ? {} : { notify: { customer: false } };
    const answer = await askAs('POST', `${path}?planId=${plan.value.planId}`, { body: { ...body, stranded: choices.value, ...notify } });
    if (answer.ok) {
      announce(`${columnName(staffId)} is away. ${doneWords(Object.values(choices.value))}`);
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
    <PanelFrame title={`${columnName(staffId)} is ill`}>
      <p class="soft">
        {longDay(Date.parse(span.startsAt), timeZone.value)}, {date.value === today() ? 'from now on' : 'the whole day'}.
      </p>
      {known === undefined && problemOfLook.value === undefined && <div class="loading" aria-busy="true" />}
      <form ref={form} class="away" onSubmit={send} noValidate>
        {known !== undefined && known.stranded.length === 0 && <p>Nothing is booked in this time.</p>}
        <ul class="stranded">
          {known?.stranded.map((one) => (
            <StrandedItem
              key={one.appointmentId}
              stranded={one}
              choice={choices.value[one.appointmentId] ?? { action: 'keep' }}
              onChoose={(choice) => {
                choices.value = { ...choices.value, [one.appointmentId]: choice };
              }}
            />
          ))}
        </ul>
        {known !== undefined && known.stranded.length > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={isTold.value}
              onChange={(event) => {
                isTold.value = event.currentTarget.checked;
              }}
            />
            Tell the customers whose appointments are moved or cancelled
          </label>
        )}
        <FormProblem problem={problem.value ?? problemOfLook.value} unheard="Please look at the day before you try again." />
        {known !== undefined && <SendButton isBusy={isBusy.value}>{buttonWords(Object.values(choices.value))}</SendButton>}
      </form>
    </PanelFrame>
  );
}

type ItemProps = { readonly stranded: Stranded; readonly choice: Choice; readonly onChoose: (choice: Choice) => void };

function StrandedItem({ stranded, choice, onChoose }: ItemProps) {
  const { appointmentId, startsAt, customer, serviceName, options } = stranded;
  const id = `choice-${appointmentId}`;
  return (
    <li class="field">
      <label for={id}>
        {clock(Date.parse(startsAt), timeZone.value)} {customer?.name ?? 'Customer'}
        {serviceName !== null && <span class="optional"> {serviceName}</span>}
      </label>
      <select id={id} value={wordOf(choice)} onChange={(event) => onChoose(choiceOf(event.currentTarget.value))}>
        {options.map((option) => (
          <option key={wordOf({ action: 'move', ...option })} value={wordOf({ action: 'move', ...option })}>
            {optionWords(option, startsAt)}
          </option>
        ))}
        {isMovable(stranded) && <option value="cancel">Cancel it</option>}
        <option value="keep">Leave it as it is</option>
      </select>
    </li>
  );
}

function optionWords({ staffId, startsAt }: { readonly staffId: string; readonly startsAt: string }, was: string): string {
  const who = columnName(staffId);
  if (Date.parse(startsAt) === Date.parse(was)) return `Same time, ${who}`;
  const [day, time] = [shortDay(Date.parse(startsAt), timeZone.value), clock(Date.parse(startsAt), timeZone.value)];
  return day === shortDay(Date.parse(was), timeZone.value) ? `${time}, ${who}` : `${day}, ${time}, ${who}`;
}

/** The best option; who is here already is left for the desk to decide about. */
function usualFor(stranded: Stranded): Choice {
  const [best] = stranded.options;
  if (best !== undefined) return { action: 'move', ...best };
  return { action: isMovable(stranded) ? 'cancel' : 'keep' };
}

function isMovable({ status }: Stranded): boolean {
  return status === 'pending' || status === 'booked';
}

function wordOf(choice: Choice): string {
  return choice.action === 'move' ? `${choice.staffId} ${choice.startsAt}` : choice.action;
}

function choiceOf(value: string): Choice {
  if (value === 'keep' || value === 'cancel') return { action: value };
  const [staffId = '', startsAt = ''] = value.split(' ');
  return { action: 'move', staffId, startsAt };
}

function countOf(choices: readonly Choice[], action: Choice['action']): number {
  return choices.filter((choice) => choice.action === action).length;
}

function buttonWords(choices: readonly Choice[]): string {
  const [moved, cancelled] = [countOf(choices, 'move'), countOf(choices, 'cancel')];
  const parts = [moved > 0 && `move ${moved}`, cancelled > 0 && `cancel ${cancelled}`].filter((part) => part !== false);
  return parts.length === 0 ? 'Mark as away' : `Mark as away, ${parts.join(', ')}`;
}

function doneWords(choices: readonly Choice[]): string {
  const moved = counted(countOf(choices, 'move'), 'appointment is moved', 'appointments are moved');
  return `${moved}, ${countOf(choices, 'cancel')} cancelled.`;
}

/** Of today what is left; of another day all of it. */
function spanOf({ startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }): { readonly startsAt: string; readonly endsAt: string } {
  const now = Math.floor(serverNow() / MINUTE) * MINUTE;
  return { startsAt: new Date(Math.min(Math.max(startsAt, now), endsAt - MINUTE)).toISOString(), endsAt: new Date(endsAt).toISOString() };
}
