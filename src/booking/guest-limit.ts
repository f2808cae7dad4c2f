// How many appointments people may have open who book online, and how much they may write: asked before a calendar is.

import { hash } from 'node:crypto';
import type { Caller } from '../access/caller.ts';
import type { CountedSource } from '../access/guest-sources.ts';
import type { AppointmentDraft, RequestKey, SchedulerCommand } from '../actors/scheduler.ts';
import { PEOPLE_AT_ONE_ADDRESS, problemOfTooMany, type Taken } from '../limits/rate-limits.ts';
import { HOUR, instant } from '../model/instant.ts';
import type { Book } from '../protocol/appointments.ts';
import { type Failed, failed, isFailed, type Reply } from '../protocol/reply.ts';
import type { BookedOnline } from './appointment-reads-port.ts';
import type { BookingUnderWay, Entered, EnteredBooking } from './booking-ledger.ts';
import type { Asking, Booking } from './parts.ts';

/** Bytes of all that somebody who books for themselves says of themselves: a name, an address, a telephone number, and a page of notes. */
const MOST_TEXT_BYTES = 4 * 1024;

/** Of all answers together, questions included. */
const MOST_ANSWER_BYTES = 8 * 1024;

/** What people who book for themselves may not say: more than MOST_TEXT_BYTES, or more in answers. The business may. */
export function refuseText(
  caller: Caller,
  { customer: { name, email, phone }, notes, answers }: Pick<Book, 'customer' | 'notes' | 'answers'>,
): Failed | undefined {
  if (!isOnline(caller)) return undefined;
  const answered = Object.entries(answers ?? {}).reduce((sum, [question, answer]) => sum + Buffer.byteLength(question) + Buffer.byteLength(answer), 0);
  if (answered > MOST_ANSWER_BYTES) return failed('too-large', { detail: `The answers together have ${answered} bytes; the limit is ${MOST_ANSWER_BYTES}.` });
  const bytes = [name, email, phone, notes].reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  if (bytes <= MOST_TEXT_BYTES) return undefined;
  return failed('too-large', { detail: `The name, address, telephone number and notes together have ${bytes} bytes; the limit is ${MOST_TEXT_BYTES}.` });
}

type Asked = { readonly request: RequestKey; readonly draft: AppointmentDraft; readonly email: string | null };
/** What may be open from the networks of the caller and for a mailbox, and made in an hour. */
type Limits = { readonly perAddress: number; readonly perHour: number; readonly perEmail: number };

/**
 * Asks for a booking unless the limits of those who book online are reached. `refused` answers in the place of a refusal, since it may be a repeat of
 * what was done. Customers are counted by address too, with everybody else's bookings from there, and have a larger share of it.
 */
export async function withinGuestLimits<Body extends object>(
  parts: Booking,
  caller: Caller,
  { request, draft, email }: Asked,
  ask: (draft: AppointmentDraft) => Promise<Reply<Body>>,
  refused: (refusal: Failed) => Promise<Reply<Body>>,
): Promise<Reply<Body>> {
  // Only the business books without an address.
  if (!isOnline(caller) || email === null) return ask(draft);
  const source = parts.guestSources.sourceOf(caller.address);
  const [site = source] = source.split('.');
  const names = [site, parts.guestSources.mailboxOf(email)];
  const place = placeOf(request);
  const entered = caller.dryRun ? null : await parts.bookingLedger.enter(names, place, { id: draft.id, source });
  const id = entered?.id ?? draft.id;
  let isUnknown = false;
  try {
    const refusal = await refuseBooking(parts, caller, { names, entered, email });
    if (refusal !== undefined) return await refused(refusal);
    isUnknown = true;
    const reply = await ask({ ...draft, id, sourceGroup: source });
    isUnknown = isFailed(reply) && reply.problem.code === 'outcome-unknown';
    return reply;
  } finally {
    // What may still be done stays counted until it is in the database for certain.
    if (entered?.isFirst === true && !isUnknown) await parts.bookingLedger.leave(names, place);
  }
}

/** `entered` null: nothing is going to be booked. */
type Counted = { readonly names: readonly string[]; readonly entered: Entered | null; readonly email: string };

async function refuseBooking(parts: Booking, caller: Caller, { names, entered, email }: Counted): Promise<Failed | undefined> {
  const isGuest = caller.principal === null;
  const networks = parts.guestSources.countedFor(caller.address);
  const limits = limitsOf(parts, isGuest);
  const now = parts.scheduler.now();
  const question = {
    sources: networks.at(-1)?.prefixes ?? [],
    email,
    now,
    madeSince: instant(now - HOUR),
    byGuests: isGuest,
  };
  // Whatever is under way may be in the database already, so this counts too many; where that does no harm it is enough.
  const roughly = await parts.appointments.bookedOnline({ ...question, except: [] });
  const underWay = entered?.underWay ?? 1;
  const asIfAll = { underWay: networks.map(() => underWay), ofCustomer: underWay };
  if (limitReached(roughly, asIfAll, { networks, limits, isGuest }) === undefined) return undefined;
  // Of those under way the ones that have come before count, so of many at once the first get through.
  const before = (bookings: readonly EnteredBooking[]) => bookings.filter(({ turn }) => entered === null || turn < entered.turn);
  const [fromHere = [], forCustomer = []] = (await parts.bookingLedger.list(names)).map(before);
  const except = [...fromHere, ...forCustomer].map(({ id }) => id).concat(entered?.id ?? []);
  const exactly = await parts.appointments.bookedOnline({ ...question, except });
  const counted = { underWay: networks.map((network) => 1 + within(fromHere, network)), ofCustomer: 1 + forCustomer.length };
  const reached = limitReached(exactly, counted, { networks, limits, isGuest });
  if (reached !== undefined) parts.metrics.operationEnded('book', 'limit-reached');
  return reached;
}

/** The same for every copy of a request, on any node. With the fingerprint, because another request under the same key is another one. */
function placeOf({ caller, key, fingerprint }: RequestKey): string {
  return hash('sha256', JSON.stringify([caller, key, fingerprint]), 'base64url');
}

function within(bookings: readonly BookingUnderWay[], { prefixes }: CountedSource): number {
  return bookings.filter(({ source }) => prefixes.some((prefix) => source.startsWith(prefix))).length;
}

function limitsOf({ config: { guestBookings, rateLimitScale } }: Pick<Booking, 'config'>, isGuest: boolean): Limits {
  const share = rateLimitScale * (isGuest ? 1 : PEOPLE_AT_ONE_ADDRESS);
  return { perAddress: guestBookings.perAddress * share, perHour: guestBookings.perHour * share, perEmail: guestBookings.perEmail * rateLimitScale };
}

type UnderWay = { readonly underWay: readonly number[]; readonly ofCustomer: number };
type Against = { readonly networks: readonly CountedSource[]; readonly limits: Limits; readonly isGuest: boolean };

function limitReached({ bySource, ofCustomer }: BookedOnline, counted: UnderWay, { networks, limits, isGuest }: Against): Failed | undefined {
  for (const [index, { prefixes, factor }] of networks.entries()) {
    const there = bySource.filter(({ source }) => prefixes.some((prefix) => source.startsWith(prefix)));
    const more = counted.underWay[index] ?? 1;
    const sum = (count: 'open' | 'made') => more + there.reduce((total, each) => total + each[count], 0);
    const most = (limit: number) => Math.max(1, Math.floor(limit * factor));
    if (sum('open') > most(limits.perAddress))
      return refusal('guest-bookings-per-address', `At most ${most(limits.perAddress)} upcoming appointments booked from one address.`);
    if (sum('made') > most(limits.perHour)) return refusal('guest-bookings-per-hour', `At most ${most(limits.perHour)} bookings an hour from one address.`);
  }
  const perEmail = Math.max(1, Math.floor(limits.perEmail));
  if (isGuest && counted.ofCustomer + ofCustomer > perEmail)
    return refusal('guest-bookings-per-email', `At most ${perEmail} upcoming appointments for one e-mail address.`);
  return undefined;
}

function refusal(limit: string, what: string): Failed {
  return failed('limit-reached', { limit, detail: `${what} Please call the business to book more, or cancel one first.` });
}

/** Of every write: a step of the log, and the key of the request. */
const BYTES_OF_A_WRITE = 1_000;

/** Whether the caller books for themselves, over the network: those are counted by where they come from. */
function isOnline({ principal }: Caller): boolean {
  return principal === null || principal.role === 'customer';
}

/**
 * What those who book online have written down costs bytes of the day at their address; a refusal of a calendar is written down, too, and so is a
 * request that is given up: `command` is null then.
 */
export function refuseBytes({ limits }: Pick<Asking, 'limits'>, caller: Caller, command: SchedulerCommand | null): undefined | Promise<Failed | undefined> {
  if (!isOnline(caller) || caller.dryRun) return undefined;
  return limits.takeBytes(caller.address, BYTES_OF_A_WRITE + (command === null ? 0 : bytesOf(command))).then(refuseTaken);
}

function refuseTaken(taken: Taken): Failed | undefined {
  return taken.isAllowed ? undefined : { problem: problemOfTooMany(taken) };
}

/** Of what the caller has typed. */
function bytesOf(command: SchedulerCommand): number {
  switch (command.type) {
    case 'book':
    case 'confirm-hold': {
      const { name, email, phone, notes } = command.details;
      return Buffer.byteLength(JSON.stringify([name, email, phone, notes]));
    }
    case 'cancel':
      return Buffer.byteLength(command.reason ?? '');
    default:
      return 0;
  }
}
