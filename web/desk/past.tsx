// The day as it was at a moment of the past. Nothing can be changed there, and what the server does not know any more it says.
import { effect, signal } from '@preact/signals';
import type { CalendarReply } from '../../src/protocol/calendars.ts';
import { type Problem, query, serverNow } from '../kit/api.ts';
import { language } from '../kit/language.ts';
import { clock, longDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { localDate, minuteOfDay, minutesOf, momentOf } from '../kit/zoned-dates.ts';
import { type BoardClaim, readClaim } from './board.ts';
import { DayGrid } from './day-grid.tsx';
import { Sheet } from './sheet.tsx';
import { asOf, pastClaims, shownColumns, shownRooms, view } from './views.ts';
import { timeZone } from './watching.ts';
import { words } from './wording.ts';

/** Calendars that are asked for at the same moment; the server reads the change log for each. */
const AT_ONCE = 4;

const pastProblem = signal<Problem | undefined>(undefined);

/** Reads the calendars in view as they were, whenever another moment or other calendars are chosen, until the returned function is called. */
export function keepPast(): () => void {
  return effect(() => {
    const at = asOf.value;
    const wanted = [...shownColumns.value, ...shownRooms.value].map(({ calendarId }) => calendarId).join(' ');
    pastClaims.value = undefined;
    pastProblem.value = undefined;
    if (at === undefined || wanted === '') return undefined;
    const stop = new AbortController();
    void readPast(at, wanted.split(' '), stop.signal);
    return () => stop.abort();
  });
}

async function readPast(at: number, calendarIds: readonly string[], stop: AbortSignal): Promise<void> {
  const claims = new Map<string, readonly BoardClaim[]>();
  let problem: Problem | undefined;
  const waiting = [...calendarIds];
  const readNext = async (): Promise<void> => {
    const id = waiting.shift();
    if (id === undefined || problem !== undefined || stop.aborted) return;
    const answer = await askAs<CalendarReply>('GET', `/v1/calendars/${id}${query({ at: new Date(at).toISOString() })}`);
    if (answer.ok) claims.set(id, answer.body.claims.map(readClaim));
    else problem = answer.problem;
    await readNext();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  if (stop.aborted) return;
  pastProblem.value = problem;
  if (problem === undefined) pastClaims.value = claims;
}

export function PastDay({ at }: { readonly at: number }) {
  const [known, problem] = [pastClaims.value, pastProblem.value];
  const text = words.value.past;
  const isList = view.value === 'agenda' || view.value === 'print';
  return (
    <div class={isList ? 'sheet-frame' : 'past'}>
      <div class="past-band" role="status">
        <p>
          <b>{text.asItWas({ day: longDay(at, timeZone.value), time: clock(at, timeZone.value) })}</b> {text.fixed}
        </p>
        <Moment at={at} />
        <button
          type="button"
          class="button"
          onClick={() => {
            asOf.value = undefined;
          }}
        >
          {text.back}
        </button>
      </div>
      {known === undefined && problem === undefined && <div class="loading" aria-busy="true" />}
      {problem !== undefined && (
        <p class="banner" role="alert">
          {sentenceOf(problem)} {problem.code === 'revision-too-old' && language.value === 'en' && problem.detail}
        </p>
      )}
      {known !== undefined && (isList ? <Sheet claimsOf={(calendarId) => known.get(calendarId) ?? []} asOf={at} /> : <DayGrid />)}
    </div>
  );
}

function Moment({ at }: { readonly at: number }) {
  return (
    <label>
      <span class="only-heard">{words.value.past.moment}</span>
      <input
        type="datetime-local"
        value={fieldOf(at)}
        max={fieldOf(serverNow())}
        onChange={({ currentTarget: { value } }) => {
          const [day = '', time = ''] = value.split('T');
          if (day === '' || time === '') return;
          // The future has not been.
          asOf.value = Math.min(momentOf(day, minutesOf(time), timeZone.value), serverNow());
        }}
      />
    </label>
  );
}

/** `YYYY-MM-DDTHH:MM`, by the clocks of the location. */
function fieldOf(at: number): string {
  const minutes = minuteOfDay(at, timeZone.value);
  return `${localDate(at, timeZone.value)}T${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
