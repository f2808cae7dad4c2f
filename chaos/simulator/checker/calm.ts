// What is promised only while nothing is wrong: that it is quick.
import type { History } from '../history.ts';
import { isDefinite, isFinished, isShown } from '../history.ts';
import { isCalm } from '../plan.ts';
import type { Picture } from '../watcher.ts';
import type { World } from '../world.ts';
import type { Ledger } from './ledger.ts';

/** From the commit to every other node, beside two steps of the bus: the answer of the database and a turn. Milliseconds. */
const SPREAD_MS = 10;
/** A change that comes with others behind a catching up. */
const PUSH_MS = 500;
const ANSWER_MS = 1_500;

/** A node shows what was durable when it was asked. */
export function checkFreshness({ history, plan }: World, ledger: Ledger, pictures: readonly Picture[]): void {
  for (const look of history.looks) {
    if (!isShown(look) || !isCalm(plan, look.askedAt, look.answeredAt)) continue;
    const { calendarId, revision } = look.type === 'view' ? look.view : look.slots;
    const due = ledger.logOf(calendarId).findLast(({ at }) => at < look.askedAt - SPREAD_MS - 2 * plan.busStepMs)?.row.revision ?? 0;
    if (revision < due) history.broken('a read was out of date', `${look.reader} on ${look.node} at ${look.askedAt}: ${calendarId}@${revision} of ${due}`);
  }
  for (const picture of pictures) checkPushes(history, plan, ledger, picture);
}

function checkPushes(history: History, plan: World['plan'], ledger: Ledger, picture: Picture): void {
  if (picture.base === null || picture.isOver) return;
  const heardAt = new Map(picture.heard.map(({ at, change }) => [change.revision, at]));
  for (const { row, at } of ledger.logOf(picture.calendarId)) {
    if (row.revision <= picture.base || !isCalm(plan, at, at + PUSH_MS)) continue;
    const heard = heardAt.get(row.revision) ?? Number.POSITIVE_INFINITY;
    if (heard > at + PUSH_MS)
      history.broken('a push was late', `${picture.watcher} on ${picture.node}: ${picture.calendarId}@${row.revision} of ${at} at ${heard}`);
  }
}

/** A node has an answer soon. In a crowd it may be that this attempt did nothing, but not of a claim that is meant for whatever is there: a calendar says yes or no, and so do several. */
export function checkPromptness({ history, plan }: World): void {
  for (const { request, command, saw, attempts } of history.asked) {
    for (const { node, kind, askedAt, heardAt, answer } of attempts) {
      const isAnswered = 'ask' in command && saw === undefined && kind === 'ask' ? isDefinite(answer) : isFinished(answer);
      if (!isCalm(plan, askedAt, askedAt + ANSWER_MS) || (isAnswered && heardAt < askedAt + ANSWER_MS)) continue;
      const word = answer === null || answer === 'cut' ? answer : answer.outcome;
      history.broken('there is no answer', `${request.key} ${kind}s ${node} at ${askedAt}: ${command.type}, and hears ${word} at ${heardAt}`);
    }
  }
}
