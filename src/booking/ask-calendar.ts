// Asks a calendar and turns what it says into a reply. The one place that knows what each kind of answer means for the caller.

import type { Caller } from '../access/caller.ts';
import type { Conflict, InTheWay, Refusal, StrandedAppointment } from '../actors/calendar/calendar.ts';
import { ReadFailure } from '../actors/ports.ts';
import type { Answer, RequestKey, SchedulerCommand } from '../actors/scheduler.ts';
import { type ProblemDraft, problemOf, type StrandedReply } from '../protocol/problems.ts';
import { type Done, type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import { etagOf } from '../protocol/versions.ts';
import { wireFreeFrom, wireTime } from '../protocol/wire-times.ts';
import { refuseBytes } from './guest-limit.ts';
import { countHold } from './hold-limit.ts';
import type { Asking, Catalogs } from './parts.ts';
import { placeOfCalendar, zoneOfCalendar, zoneOfStaff } from './staff-directory.ts';

export type OkAnswer = Extract<Answer, { outcome: 'ok' }>;
type Described<Body> = Omit<Done<Body>, 'replayed'> | Failed;
/**
 * Turns the fact that answers a request into what the caller is told; must depend on nothing but the fact and what was typed beside it, so that a repeat says the same:
 * only personal data may be left out or changed by then, and a person may be called something else. Rejects with ReadFailure where that cannot be read; the caller
 * then hears that the outcome is unknown.
 */
export type Describe<Body> = (answer: OkAnswer) => Described<Body> | Promise<Described<Body>>;

const RETRY_DRAINING_SECONDS = 1;

/** The record was changed while it was looked at. A repeat of this reply is not stored, so it can be looked at again and asked under the same key. */
export const OUTDATED: Failed = failed('overloaded', { detail: 'Others keep changing it. Nothing was done.', retryAfterSeconds: 1 });

/** Asks for one write. */
export async function askCalendar<Body extends object>(
  parts: Asking,
  caller: Caller,
  request: RequestKey,
  command: SchedulerCommand,
  describe: Describe<Body>,
): Promise<Reply<Body>> {
  // Nothing is waited for that is known already: every wait is a turn of its own for every claim.
  const refusing = refuseBytes(parts, caller, command);
  const tooMuch = refusing && (await refusing);
  if (tooMuch !== undefined) {
    await countHold(parts, caller, { request, command, answer: null });
    return unlessAnswered(parts, caller, request, tooMuch, describe);
  }
  const answer = await parts.scheduler.ask(request, command, { dryRun: caller.dryRun });
  const counting = countHold(parts, caller, { request, command, answer });
  if (counting !== undefined) await counting;
  if (isLostDemand(command, answer) && !caller.dryRun) parts.lostDemand.note(command.ask);
  const described = replyOf(parts, answer, describe);
  const reply = described instanceof Promise ? await described : described;
  parts.metrics.operationEnded(command.type, isFailed(reply) ? reply.problem.code : reply.replayed ? 'replayed' : caller.dryRun ? 'dry-run' : 'ok');
  return reply;
}

type NewClaim = Extract<SchedulerCommand, { readonly type: 'place-hold' | 'book' }>;

/** A time that was wanted and is taken. A repeat of the answer is not asked for again. */
function isLostDemand(command: SchedulerCommand, answer: Answer): command is NewClaim {
  const isClaim = command.type === 'place-hold' || command.type === 'book';
  return isClaim && answer.outcome === 'no' && !answer.replayed && answer.refusal.code === 'slot-taken';
}

/**
 * For a request that the gateway would refuse by what it sees now: if it is a repeat of one that was answered before, that answer still counts.
 * A repeat must not be told "no such hold" because its first copy has used the hold up.
 */
export async function unlessAnswered<Body extends object>(
  parts: Catalogs & Pick<Asking, 'scheduler'>,
  caller: Caller,
  request: RequestKey,
  failure: Failed,
  describe: Describe<Body>,
): Promise<Reply<Body>> {
  if (caller.key === null) return failure;
  const before = await parts.scheduler.recall(request);
  return before === undefined ? failure : replyOf(parts, before, describe);
}

/** At once where nothing has to be read to describe it. */
export function replyOf<Body extends object>(parts: Catalogs, answer: Answer, describe: Describe<Body>): Reply<Body> | Promise<Reply<Body>> {
  switch (answer.outcome) {
    case 'ok':
      return doneReply(answer, describe);
    case 'no':
      return { problem: problemOfRefusal(parts, answer.refusal), replayed: answer.replayed };
    case 'retry':
      return failed('overloaded', {
        detail: answer.reason === 'draining' ? 'This server is stopping; another one may be available.' : 'Nothing was done.',
        retryAfterSeconds: Math.max(RETRY_DRAINING_SECONDS, answer.retryAfterSeconds),
      });
    case 'outdated':
      return OUTDATED;
    case 'unknown':
      return failed('outcome-unknown', { detail: 'Ask again with the same Idempotency-Key, or abandon it.' });
    default:
      return answer satisfies never;
  }
}

/** Of what was done. A read that fails now must not say that nothing was, as it would before the decision: the reply is `outcome-unknown`. */
export function doneReply<Body extends object>(answer: OkAnswer, describe: Describe<Body>): Reply<Body> | Promise<Reply<Body>> {
  const withReplay = (told: Described<Body>): Reply<Body> => ({ ...told, replayed: answer.replayed });
  const described = describe(answer);
  return described instanceof Promise ? described.then(withReplay, doneAllTheSame) : withReplay(described);
}

function doneAllTheSame(failure: unknown): Failed {
  if (!(failure instanceof ReadFailure)) throw failure;
  return failed('outcome-unknown', { detail: 'What to answer cannot be read at the moment. Ask again with the same Idempotency-Key.' });
}

function problemOfRefusal(parts: Catalogs, refusal: Refusal): ProblemDraft {
  const { code, detail, conflict, possible, alternatives, inTheWay, currentVersion } = refusal;
  const zone = zoneOfStaff(parts, alternatives?.[0]?.staffId ?? '');
  return problemOf(code, {
    ...(detail !== undefined && { detail }),
    ...(conflict && { conflict: wireConflict(conflict, zone) }),
    ...(currentVersion !== undefined && { currentVersion: etagOf(currentVersion) }),
    ...(inTheWay && inTheWayFields(parts, inTheWay)),
    ...(possible?.from !== undefined && { from: wireFreeFrom(possible.from, possible.timeZone) }),
    ...(possible?.until !== undefined && { until: wireTime(possible.until, possible.timeZone) }),
    ...(alternatives && {
      alternatives: alternatives.map(({ startsAt, endsAt, staffId, resourceId }) => {
        const zoneThere = zoneOfStaff(parts, staffId);
        return { startsAt: wireTime(startsAt, zoneThere), endsAt: wireTime(endsAt, zoneThere), staffId, ...(resourceId !== undefined && { resourceId }) };
      }),
    }),
  });
}

function wireConflict({ by, until, resourceId }: Conflict, zone: string) {
  return { by, ...(until !== undefined && { until: wireFreeFrom(until, zone) }), ...(resourceId !== undefined && { resourceId }) };
}

export function inTheWayFields(parts: Catalogs, { appointments, next, stranded }: InTheWay) {
  const { id, startsAt, calendarId } = next;
  return {
    appointments,
    next: { id, startsAt: wireTime(startsAt, zoneOfCalendar(parts, calendarId)) },
    ...(stranded && { stranded: wireStranded(parts, stranded) }),
  };
}

/** On whose calendar they are and when, and not for whom: who may change hours need not see the customers. */
export function wireStranded(parts: Catalogs, stranded: readonly StrandedAppointment[]): StrandedReply[] {
  return stranded.flatMap(({ appointmentId, calendarId, startsAt }) => {
    const place = placeOfCalendar(parts, calendarId);
    if (place === undefined) return [];
    const whose = place.staffId === null ? { resourceId: place.resourceId ?? '' } : { staffId: place.staffId };
    return [{ appointmentId, startsAt: wireTime(startsAt, place.timeZone), ...whose }];
  });
}
