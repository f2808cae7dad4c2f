// The lines of a history that one violation is about, and no others: short enough to be read.
import type { Violation } from '../checker/invariants.ts';
import type { AttemptLine, History } from '../history/lines.ts';

const MOST_LINES = 40;
/** Without ids to go by, what happened this close to it. */
const NEARBY_MS = 400;
const MOST_CHARACTERS = 400;

type Moment = { readonly at: number; readonly text: string };

export function windowAround({ about, at }: Violation, history: History): readonly string[] {
  const calendars = new Set(history.run.shop.staff.map(({ calendarId }) => calendarId));
  const ids = about.filter((id) => !calendars.has(id));
  const isAbout = (text: string) => ids.some((id) => text.includes(id));
  const near = (moment: number) => ids.length === 0 && at !== null && Math.abs(moment - at) < NEARBY_MS;
  const moments: Moment[] = [
    ...history.attempts
      .filter((attempt) => isAbout(JSON.stringify([attempt.asked, attempt.answer])) || near(attempt.answeredAt))
      .map((attempt) => ({ at: attempt.askedAt, text: attemptText(attempt) })),
    ...history.feeds.flatMap(({ calendarId, changes }) =>
      changes
        .filter(({ events }) => isAbout(JSON.stringify(events)))
        .map((change) => ({ at: Date.parse(change.at) - history.run.startedAt, text: `feed of ${calendarId}: ${JSON.stringify(change)}` })),
    ),
  ];
  const span = { from: Math.min(...moments.map((moment) => moment.at)), to: at ?? Math.max(...moments.map((moment) => moment.at)) };
  for (const { kind, node, beganAt, endedAt } of history.faults) {
    if (endedAt < span.from || beganAt > span.to) continue;
    moments.push({ at: beganAt, text: `fault: ${kind}${node === null ? '' : ` at node ${node}`} until ${Math.round(endedAt)}` });
  }
  return moments
    .sort((one, other) => one.at - other.at)
    .slice(0, MOST_LINES)
    .map((moment) => `${String(Math.round(moment.at)).padStart(7)} ${moment.text.slice(0, MOST_CHARACTERS)}`);
}

function attemptText({ person, transport, node, asked, answer, answeredAt }: AttemptLine): string {
  const { operation, key, body, ...ids } = asked;
  const said = answer.type === 'ok' ? `ok ${JSON.stringify(answer.body)}` : answer.type === 'problem' ? answer.problem.code : `${answer.type}: ${answer.why}`;
  return `${person} at node ${node} over ${transport}: ${operation} ${key} ${JSON.stringify({ ...ids, ...body })} → ${Math.round(answeredAt)} ${said}`;
}
