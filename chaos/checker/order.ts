// The order of changes: along the revisions of a calendar, and against the time that people saw pass.
import type { FeedLine } from '../history/lines.ts';
import type { Deed } from './attribution.ts';
import { type Violation, violation } from './invariants.ts';
import type { Write } from './writes.ts';

export function checkRevisions({ calendarId, revision, changes }: FeedLine): Violation[] {
  const found: Violation[] = [];
  const complain = (what: string) => found.push(violation(5, `calendar ${calendarId}: ${what}`, { about: [calendarId] }));
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1];
    if (change.revision !== index + 1) {
      complain(`revision ${change.revision} stands where ${index + 1} should`);
      break;
    }
    if (before !== undefined && change.epoch < before.epoch) complain(`the epoch falls from ${before.epoch} to ${change.epoch} at revision ${change.revision}`);
    if (before !== undefined && Date.parse(change.at) < Date.parse(before.at))
      complain(`the date falls from ${before.at} to ${change.at} at revision ${change.revision}`);
  }
  if (changes.length !== revision) complain(`it is at revision ${revision}, and its feed has ${changes.length} changes`);
  return found;
}

type Step = { readonly revision: number; readonly calendarId: string; readonly write: Write };

/** A request sent after another was answered is ordered after it. */
export function checkRealTime(deeds: readonly Deed[]): Violation[] {
  const steps = deeds.flatMap(({ by, calendarId, revision }): Step[] => (by === null ? [] : [{ revision, calendarId, write: by }]));
  return [...Map.groupBy(steps, ({ calendarId }) => calendarId).values()].flatMap(checkCalendar);
}

function checkCalendar(steps: readonly Step[]): Violation[] {
  const found: Violation[] = [];
  // From the newest to the oldest: of all that come after a change, the one that was answered first.
  let earliest: { readonly step: Step; readonly answeredAt: number } | undefined;
  for (const step of steps.toSorted((one, other) => other.revision - one.revision)) {
    const { write, revision, calendarId } = step;
    if (earliest !== undefined && earliest.answeredAt < write.firstAskedAt && earliest.step.revision > revision) {
      const { step: other, answeredAt } = earliest;
      const what = `${other.write.asked.operation} at revision ${other.revision} of calendar ${calendarId} was answered before ${write.asked.operation} at revision ${revision} was asked`;
      found.push(violation(6, what, { at: answeredAt, about: [other.write.key, write.key, calendarId] }));
    }
    const { outcome } = write;
    if (outcome.type === 'ok' && outcome.answeredAt < (earliest?.answeredAt ?? Number.POSITIVE_INFINITY)) earliest = { step, answeredAt: outcome.answeredAt };
  }
  return found;
}
