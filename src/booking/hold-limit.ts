// How many holds somebody may have at once: asked before a calendar is, and kept true by what it answers.

import type { Caller } from '../access/caller.ts';
import type { Hold, HolderProof } from '../actors/calendar/calendar.ts';
import { ReadFailure } from '../actors/ports.ts';
import type { Answer, ClaimAsk, RequestKey, SchedulerCommand } from '../actors/scheduler.ts';
import { type AgreedAddOn, isSameChoice } from '../model/add-ons.ts';
import { SECOND } from '../model/instant.ts';
import { type Failed, failed } from '../protocol/reply.ts';
import type { Reserved } from './hold-ledger.ts';
import type { Asking, Holding } from './parts.ts';

type Wanted = { readonly request: RequestKey; readonly ask: ClaimAsk; readonly addOns: readonly AgreedAddOn[]; readonly holder: HolderProof };

/**
 * Reserves a place for a hold, and returns what to ask for. Copies of one request take one place. A caller without a place left may still ask for
 * a time they hold already: that renews it, and so only the calendar it is on is asked.
 */
export function reservePlace(parts: Holding, caller: Caller, wanted: Wanted): ClaimAsk | Promise<ClaimAsk | Failed> {
  const life = caller.dryRun ? 0 : parts.config.holdSeconds * SECOND;
  const reserved = parts.holdLedger.reserve(caller, placeOf(wanted.request), life);
  return reserved instanceof Promise || reserved.isFull ? unlessFull(parts, caller, wanted, reserved) : wanted.ask;
}

async function unlessFull(parts: Holding, caller: Caller, wanted: Wanted, reserving: Reserved | Promise<Reserved>): Promise<ClaimAsk | Failed> {
  const { ask, holder } = wanted;
  const reserved = await reserving;
  if (!reserved.isFull) return ask;
  const same = await heldAlready(parts, wanted, holder.userId === null ? [] : reserved.held);
  if (same !== undefined) return { ...ask, candidates: ask.candidates.filter(({ calendarId }) => calendarId === same.calendarId) };
  parts.metrics.operationEnded('place-hold', 'limit-reached');
  const [first] = reserved.held;
  const which = reserved.isOfAddress || first === undefined ? '' : `; ${first} ends first`;
  const whose = !reserved.isOfAddress ? '' : ` from one address, for everybody who is ${caller.principal === null ? 'not ' : ''}logged in`;
  return failed('limit-reached', { detail: `At most ${reserved.limit} holds at once${whose}. Book or release one first${which}.` });
}

async function heldAlready(
  { scheduler }: Pick<Holding, 'scheduler'>,
  { ask, addOns, holder: { tokenFor, userId } }: Wanted,
  held: readonly string[],
): Promise<Hold | undefined> {
  const possible = new Set(tokenFor === null ? held : [tokenFor, ...held]);
  const holds = await Promise.all([...possible].map((holdId) => scheduler.hold(holdId)));
  return holds.find(
    (hold) =>
      hold !== undefined &&
      (hold.id === tokenFor || hold.holder === userId) &&
      hold.serviceId === ask.terms.serviceId &&
      hold.startsAt === ask.startsAt &&
      hold.seats === ask.seats &&
      isSameChoice(hold.terms?.addOns, addOns) &&
      ask.candidates.some(({ calendarId }) => calendarId === hold.calendarId),
  );
}

/** `answer` null: the calendar was not asked in the end. */
type Asked = { readonly request: RequestKey; readonly command: SchedulerCommand; readonly answer: Answer | null };

/** What an answer means for the caller's places. After an unknown outcome the place stays taken until the hold would end. */
export function countHold(
  { holdLedger, scheduler }: Pick<Asking, 'holdLedger' | 'scheduler'>,
  caller: Caller,
  { request, command, answer }: Asked,
): undefined | Promise<void> {
  if (caller.dryRun || answer?.outcome === 'unknown') return undefined;
  const isNewHold = command.type === 'place-hold';
  if (answer?.outcome !== 'ok') return isNewHold ? holdLedger.giveBack(caller, placeOf(request)) : undefined;
  const { event, replayed } = answer;
  if (event.type === 'hold.placed' || event.type === 'hold.renewed' || event.type === 'payment.begun') {
    const { id } = event.hold;
    const keep = (hold: Hold | undefined) => {
      const life = hold === undefined ? 0 : hold.expiresAt - scheduler.now();
      return life > 0 ? holdLedger.keep(caller, id, life, placeOf(request)) : holdLedger.giveBack(caller, placeOf(request));
    };
    // A repeat tells of what was long ago; the hold may have gone since. Where that cannot be read, its place stays taken until it would end.
    return replayed ? scheduler.hold(id).catch(orAsItWas(event.hold)).then(keep) : keep(event.hold);
  }
  if (replayed) return undefined;
  if (event.type === 'hold.released') return holdLedger.forget(caller, event.hold.id);
  const isBooked = event.type === 'appointment.booked' || event.type === 'appointment.requested';
  return isBooked && event.holdId !== null ? holdLedger.forget(caller, event.holdId) : undefined;
}

function orAsItWas(hold: Hold): (failure: unknown) => Hold {
  return (failure) => {
    if (!(failure instanceof ReadFailure)) throw failure;
    return hold;
  };
}

/** The same for every copy of a request. With the fingerprint, because another request under the same key is another one. */
function placeOf({ caller, key, fingerprint }: RequestKey): string {
  return `${fingerprint} ${caller} ${key}`;
}
