// How long things took: from a fault to the first success, where it hurt and elsewhere.
import type { AttemptLine, FaultLine, History } from '../history/lines.ts';

/** Milliseconds; null: it never came. */
export type FaultTiming = {
  readonly id: number;
  readonly kind: string;
  readonly node: number | null;
  readonly beganAt: number;
  readonly lastedMs: number;
  readonly recoveredMs: number | null;
  /** From the beginning of the fault to the first "ok" of a write that was asked of its node after that. */
  readonly onVictimMs: number | null;
  /** The same through the other nodes, for the calendar that had to wait longest: the victim's own are among them. */
  readonly elsewhereMs: number | null;
  /** The slowest of those that were its node's; null also when it had none. */
  readonly ownElsewhereMs: number | null;
  /** From when the fault was over, whatever it was that had to come back, to the first "ok" after that. */
  readonly afterEndMs: number | null;
  /** The longest time without any "ok" through any node while it lasted and until all was ready again. */
  readonly longestSilenceMs: number;
  /** The same through the other nodes, of the calendar for which it was longest. */
  readonly calendarSilenceMs: number;
};
/**
 * Requests that a node had taken when it was told to stop, or took afterwards: `failed` were never answered properly, `givenUp` were not
 * waited for, by people who would have given up on a node that goes on just as well.
 */
export type StopTally = {
  readonly restarts: number;
  readonly asked: number;
  readonly failed: number;
  readonly givenUp: number;
  readonly sentElsewhere: number;
};

/** The server answers within ten seconds, whatever happens. */
const ANSWERED_WITHIN_MS = 10_000;

type Success = { readonly askedAt: number; readonly answeredAt: number; readonly node: number; readonly calendarId: string };

export function timingsOf(history: History): readonly FaultTiming[] {
  const successes = history.attempts.filter(({ answer, asked }) => answer.type === 'ok' && asked.operation !== 'abandon').flatMap(successOf);
  const calendars = history.run.shop.staff.map(({ calendarId }) => calendarId);
  return history.faults.map((fault) => timingOf(fault, successes, calendars));
}

function successOf({ answer, askedAt, answeredAt, node }: AttemptLine): Success[] {
  if (answer.type !== 'ok' || !('calendarId' in answer.body)) return [];
  return [{ askedAt, answeredAt, node, calendarId: String(answer.body.calendarId) }];
}

function timingOf(fault: FaultLine, successes: readonly Success[], calendars: readonly string[]): FaultTiming {
  const { id, kind, node, beganAt, endedAt, recoveredAt } = fault;
  const after = successes.filter(({ askedAt }) => askedAt >= beganAt);
  const first = (of: readonly Success[]) => (of.length === 0 ? null : Math.round(Math.min(...of.map(({ answeredAt }) => answeredAt)) - beganAt));
  const elsewhere = node === null ? after : after.filter((success) => success.node !== node);
  const slowest = (some: readonly string[]) => {
    const firsts = some.map((calendarId) => first(elsewhere.filter((success) => success.calendarId === calendarId)));
    return firsts.length === 0 || firsts.includes(null) ? null : Math.max(...firsts.map((milliseconds) => milliseconds ?? 0));
  };
  const ofCalendar = (calendarId: string) => successes.filter((success) => success.calendarId === calendarId && (node === null || success.node !== node));
  const next = successes.filter(({ answeredAt }) => answeredAt >= endedAt).map(({ answeredAt }) => answeredAt);
  return {
    id,
    kind,
    node,
    beganAt: Math.round(beganAt),
    lastedMs: Math.round(endedAt - beganAt),
    recoveredMs: recoveredAt === null ? null : Math.round(recoveredAt - beganAt),
    onVictimMs: node === null ? null : first(after.filter((success) => success.node === node)),
    elsewhereMs: slowest(calendars),
    ownElsewhereMs: slowest(calendars.filter((calendarId) => node !== null && fault.owners?.[calendarId] === node)),
    afterEndMs: next.length === 0 ? null : Math.round(Math.min(...next) - endedAt),
    longestSilenceMs: silence(successes, beganAt, recoveredAt ?? endedAt),
    calendarSilenceMs: Math.max(...calendars.map((calendarId) => silence(ofCalendar(calendarId), beganAt, recoveredAt ?? endedAt))),
  };
}

function silence(successes: readonly Success[], from: number, to: number): number {
  const moments = successes.map(({ answeredAt }) => answeredAt).filter((at) => at > from && at < to);
  const edges = [from, ...moments.sort((one, other) => one - other), to];
  return Math.round(Math.max(...edges.map((at, index) => at - (edges[index - 1] ?? at))));
}

/** A node that says "not ready", or does not take the connection, has not failed anybody: they go elsewhere. */
export function stopTally({ faults, attempts }: History): StopTally {
  const stops = faults.filter(({ kind, fired }) => kind === 'node-restarted' && fired > 0);
  const tally = { restarts: stops.length, asked: 0, failed: 0, givenUp: 0, sentElsewhere: 0 };
  for (const { node, beganAt, endedAt } of stops) {
    for (const attempt of attempts) {
      if (attempt.node !== node || attempt.answeredAt < beganAt || attempt.askedAt > endedAt) continue;
      tally.asked += 1;
      if (isGivenUp(attempt)) tally.givenUp += 1;
      else if (isFailed(attempt)) tally.failed += 1;
      if (isSentElsewhere(attempt)) tally.sentElsewhere += 1;
    }
  }
  return tally;
}

export function isFailed({ answer }: AttemptLine): boolean {
  return answer.type === 'lost' || (answer.type === 'problem' && (answer.problem.code === 'outcome-unknown' || answer.problem.code === 'internal'));
}

function isGivenUp({ answer, askedAt, answeredAt }: AttemptLine): boolean {
  return answer.type === 'lost' && answer.isGivenUp === true && answeredAt - askedAt < ANSWERED_WITHIN_MS;
}

function isSentElsewhere({ answer }: AttemptLine): boolean {
  return answer.type === 'unreached' || (answer.type === 'problem' && answer.problem.code === 'overloaded');
}
