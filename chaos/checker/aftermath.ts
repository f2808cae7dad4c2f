// What has to be so when everything is over: nodes that answer, messages that will be sent, and nothing that nobody has an explanation for.
import type { Deed, History } from '../history/lines.ts';
import { type Violation, violation } from './invariants.ts';

export function checkLiveness({ probes, faults, run }: History): Violation[] {
  const { probeMilliseconds } = run.bounds;
  const expected = run.nodes * run.shop.staff.length;
  const tooFew = probes.length === expected ? [] : [violation(12, `${probes.length} of ${expected} claims were tried after the last fault`)];
  const late = probes.flatMap(({ node, calendarId, answeredAfter }) => {
    if (answeredAfter !== null && answeredAfter <= probeMilliseconds) return [];
    const when = answeredAfter === null ? 'never' : `after ${answeredAfter} ms, later than ${probeMilliseconds} ms`;
    return [violation(12, `node ${node} answered a claim for calendar ${calendarId} ${when}`, { about: [calendarId] })];
  });
  const lost = faults
    .filter(({ recoveredAt }) => recoveredAt === null)
    .map(({ id, kind, endedAt }) => violation(12, `not every node became ready after fault ${id}, ${kind}`, { at: endedAt }));
  return [...tooFew, ...late, ...lost];
}

export function checkTrail({ trail }: History): Violation[] {
  if (trail === undefined) return [];
  const nameOf = ({ entryId, action, subjectId }: Deed) => `${action} of ${subjectId}, decision ${entryId}`;
  const [due, entries] = [trail.due.map(nameOf), trail.entries.map(nameOf)];
  const [happened, told] = [new Set(due), new Set(entries)];
  return [
    ...[...happened.difference(told)].map((name) => violation(13, `the audit trail has nothing of ${name}`)),
    ...[...told.difference(happened)].map((name) => violation(13, `the audit trail has ${name}, which never was`)),
    ...entries.filter((name, index) => entries.indexOf(name) < index).map((name) => violation(13, `the audit trail has ${name} twice`)),
  ];
}

/** Answers that show a fault of the node that gave them. */
const NEVER_DUE = new Set<string>(['internal', 'invalid-request', 'unauthenticated', 'forbidden', 'csrf', 'method-not-allowed', 'idempotency-key-reused']);

export function checkSurprises({ surprises, attempts }: History): Violation[] {
  return [
    ...surprises.map(({ what, at }) => violation(14, what, { at })),
    ...attempts.flatMap(({ answer, answeredAt, node, asked }) => {
      const what = `node ${node} answered ${asked.operation} with`;
      if (answer.type === 'problem' && NEVER_DUE.has(answer.problem.code))
        return [violation(14, `${what} ${answer.problem.code}: ${answer.problem.detail ?? ''}`, { at: answeredAt, about: [asked.key] })];
      if (answer.type === 'lost' && answer.why.startsWith('status ')) return [violation(14, `${what} ${answer.why}`, { at: answeredAt, about: [asked.key] })];
      return [];
    }),
  ];
}
