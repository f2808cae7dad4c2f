import { isSameChoice } from '../../model/add-ons.ts';
import { type Instant, instant, MINUTE, SECOND } from '../../model/instant.ts';
import type { Appointment, CalendarCommand, CalendarEvent, Decision, Hold, HolderProof, NewAppointment, OfRecord, Refusal, SlotAsk } from './calendar.ts';
import { type CalendarState, type CalendarStates, NO_OTHERS } from './calendar-state.ts';
import { decideBlock } from './decide-blocks.ts';
import { decideExternal } from './decide-external.ts';
import { decideHours, RETIRED } from './decide-hours.ts';
import { decideEdit, decideMoveIn, decideMoveOut, decideReschedule } from './decide-move.ts';
import { decideStatus, decideStep } from './decide-steps.ts';
import { type Found, judge, timesOf } from './judge.ts';
import { asHeld, hasBegun, isPaidFor } from './kept-terms.ts';

/** How often a hold can be renewed: three times its length in total. */
const HOLD_RENEWALS = 2;

type Of<Type extends CalendarCommand['type']> = Extract<CalendarCommand, { type: Type }>;

/**
 * Pure: the same calendar, command and moment always give the same answer. The order of the guards is the order of refusals.
 * Due holds have been expired before (`dueExpiries`), so no branch compares expiry times. `states`: all calendars that decide together.
 */
export function decide(calendar: CalendarState, command: CalendarCommand, at: Instant, states: CalendarStates = NO_OTHERS): Decision {
  return 'asOf' in command && isOutdated(calendar, command) ? { stale: true } : decideOn(calendar, command, at, states);
}

function decideOn(calendar: CalendarState, command: CalendarCommand, at: Instant, states: CalendarStates): Decision {
  switch (command.type) {
    case 'place-hold':
      return decidePlaceHold(calendar, command, at, states);
    case 'renew-hold':
      return decideRenewHold(calendar, command, at);
    case 'agree-hold':
      return decideAgreeHold(calendar, command);
    case 'begin-paying':
      return decideBeginPaying(calendar, command, at);
    case 'release-hold':
      return decideReleaseHold(calendar, command);
    case 'seek-hold':
      return calendar.holds.has(command.holdId) ? { stale: true } : refuse({ code: whyGone(calendar, command.holdId) });
    case 'expire-holds':
    case 'go-along':
    case 'give-way':
      return { events: [] };
    case 'confirm-hold':
      return decideConfirmHold(calendar, command, at);
    case 'book':
      return decideBook(calendar, command, at, states);
    case 'cancel':
      return decideCancel(calendar, command, at);
    case 'decline':
      return decideDecline(calendar, command, at);
    case 'approve':
    case 'check-in':
    case 'complete':
    case 'no-show':
    case 'reopen':
      return decideStep(calendar, command, at);
    case 'reschedule':
      return decideReschedule(calendar, command, at, states);
    case 'edit':
      return decideEdit(calendar, command, at, states);
    case 'move-out':
      return decideMoveOut(calendar, command, at);
    case 'move-in':
      return decideMoveIn(calendar, command, at, states);
    case 'add-block':
    case 'move-block':
    case 'remove-block':
      return decideBlock(calendar, command, at, states);
    case 'change-external':
      return decideExternal(calendar, command, at);
    case 'change-hours':
      return decideHours(calendar, command, at);
    default:
      return command satisfies never;
  }
}

/** Whether its record may have been written again since it was read. Every fact carries the whole record, so what was written in between would be undone. */
function isOutdated({ writtenRecords, recordsKnownFrom }: CalendarState, { appointment, asOf }: OfRecord): boolean {
  if (asOf === undefined) return false;
  return asOf < recordsKnownFrom || (writtenRecords.get(appointment.id) ?? 0) > asOf;
}

/** Holds that are due, as facts. Expiry is a decision of the calendar, so a confirmation comes either before or after it. */
export function dueExpiries(calendar: CalendarState, at: Instant): CalendarEvent[] {
  if (calendar.nextExpiryAt > at) return [];
  const due: CalendarEvent[] = [];
  for (const hold of calendar.holds.values()) {
    if (hold.expiresAt <= at) due.push({ type: 'hold.expired', hold });
  }
  return due;
}

function decidePlaceHold(calendar: CalendarState, command: Of<'place-hold'>, at: Instant, states: CalendarStates): Decision {
  const { holdId, staffId, slot, holder, holdSeconds, terms } = command;
  if (calendar.hours.retired) return refuse(RETIRED);
  const mine = holdOfSameSlot(calendar, command);
  if (mine !== undefined) return accept({ type: 'hold.renewed', hold: renewed(mine, holdSeconds, at) });
  if (calendar.claims.get(holdId) !== undefined) return refuse({ code: 'id-in-use' });
  const place = judge(calendar, slot, { at, ignoreClaimId: null, states });
  if ('refusal' in place) return place;
  return accept({
    type: 'hold.placed',
    hold: {
      ...timesOf(slot),
      id: holdId,
      calendarId: calendar.id,
      staffId,
      seats: slot.seats,
      lane: place.lane,
      holder: holder.userId,
      state: 'held',
      placedAt: at,
      expiresAt: instant(at + holdSeconds * SECOND),
      renewalsLeft: HOLD_RENEWALS,
      ...(terms && { terms }),
    },
  });
}

function decideRenewHold(calendar: CalendarState, { holdId, proof, holdSeconds }: Of<'renew-hold'>, at: Instant): Decision {
  const hold = calendar.holds.get(holdId);
  if (hold === undefined) return refuse({ code: whyGone(calendar, holdId) });
  if (!isHolder(hold, proof)) return refuse({ code: 'hold-not-yours' });
  if (hold.renewalsLeft === 0) return refuse({ code: 'limit-reached', detail: 'this hold cannot be renewed any more' });
  return accept({ type: 'hold.renewed', hold: renewed(hold, holdSeconds, at) });
}

/** It lives no longer for it, and while it is paid for the amount stays what it is. */
function decideAgreeHold(calendar: CalendarState, { holdId, proof, terms, listed }: Of<'agree-hold'>): Decision {
  const hold = calendar.holds.get(holdId);
  if (hold === undefined) return refuse({ code: whyGone(calendar, holdId) });
  if (!isHolder(hold, proof)) return refuse({ code: 'hold-not-yours' });
  if (hold.state === 'paying') return refuse({ code: 'wrong-status', detail: 'it is being paid for already' });
  const { listed: _, ...rest } = hold;
  return accept({ type: 'hold.renewed', hold: { ...rest, terms, ...(listed && { listed }) } });
}

/** The hold lives until the end of paying, which cannot be prolonged. */
function decideBeginPaying(calendar: CalendarState, { holdId, proof, paySeconds, due }: Of<'begin-paying'>, at: Instant): Decision {
  const hold = calendar.holds.get(holdId);
  if (hold === undefined) return refuse({ code: whyGone(calendar, holdId) });
  if (!isHolder(hold, proof)) return refuse({ code: 'hold-not-yours' });
  if (hold.state === 'paying') return refuse({ code: 'wrong-status', detail: 'it is being paid for already' });
  if (hold.terms?.due === undefined) return refuse({ code: 'wrong-status', detail: 'nothing is due for it' });
  if (due !== undefined && due.amount !== hold.terms.due.amount) return refuse({ code: 'wrong-status', detail: 'its price has changed meanwhile' });
  if (hold.startsAt <= at) return refuse({ code: 'slot-in-past' });
  return accept({ type: 'payment.begun', hold: { ...hold, state: 'paying', expiresAt: instant(at + paySeconds * SECOND), renewalsLeft: 0 } });
}

function decideReleaseHold(calendar: CalendarState, { holdId, proof }: Of<'release-hold'>): Decision {
  const hold = calendar.holds.get(holdId);
  if (hold === undefined) return refuse({ code: whyGone(calendar, holdId) });
  if (!isHolder(hold, proof)) return refuse({ code: 'hold-not-yours' });
  return accept({ type: 'hold.released', hold });
}

/** A hold is a lock: until its slot starts its holder can book what was held, even if hours, lead time or price have changed. */
function decideConfirmHold(calendar: CalendarState, { holdId, proof, appointment, approval }: Of<'confirm-hold'>, at: Instant): Decision {
  const hold = calendar.holds.get(holdId);
  if (hold === undefined) return refuse({ code: whyGone(calendar, holdId) });
  if (calendar.hours.retired) return refuse(RETIRED);
  if (!isHolder(hold, proof)) return refuse({ code: 'hold-not-yours' });
  if (hold.serviceId !== appointment.serviceId) return refuse({ code: 'hold-not-found', detail: 'the hold is for another service' });
  if (!isPaidFor(hold, appointment)) return refuse({ code: 'payment-required' });
  if (calendar.claims.get(appointment.id) !== undefined) return refuse({ code: 'id-in-use' });
  if (hasBegun(hold, appointment, at)) return refuse({ code: 'slot-in-past' });
  const { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, capacity, seats, lane, resource } = hold;
  const times = { startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, capacity, seats, lane, ...(resource && { resource }) };
  const status = statusFor(hold.terms?.approval ?? approval);
  return accept(booking({ ...asHeld(appointment, hold), ...times, staffId: hold.staffId, calendarId: calendar.id, status, createdAt: at }, holdId));
}

function decideBook(calendar: CalendarState, { slot, appointment, approval }: Of<'book'>, at: Instant, states: CalendarStates): Decision {
  if (calendar.claims.get(appointment.id) !== undefined) return refuse({ code: 'id-in-use' });
  const place = judge(calendar, slot, { at, ignoreClaimId: null, states });
  if ('refusal' in place) return place;
  return accept(booking(placed(appointment, calendar, slot, place, approval, at), null));
}

function placed(appointment: NewAppointment, calendar: CalendarState, slot: SlotAsk, found: Found, approval: 'automatic' | 'manual', at: Instant): Appointment {
  return {
    ...appointment,
    ...timesOf(slot),
    calendarId: calendar.id,
    seats: slot.seats,
    ...found,
    status: statusFor(approval),
    override: slot.override,
    createdAt: at,
  };
}

function decideDecline(calendar: CalendarState, { appointment }: Of<'decline'>, at: Instant): Decision {
  return decideStatus(calendar, appointment, at, { from: ['pending'], to: 'declined', fact: 'appointment.declined', reasonBy: 'business' });
}

function decideCancel(calendar: CalendarState, { appointment, waivePolicy }: Of<'cancel'>, at: Instant): Decision {
  const reasonBy = waivePolicy ? 'business' : 'customer';
  const decision = decideStatus(calendar, appointment, at, { from: ['pending', 'booked'], to: 'cancelled', fact: 'appointment.cancelled', reasonBy });
  const latest = appointment.startsAt - (appointment.policy.cancelUntilMinutes ?? 0) * MINUTE;
  if ('events' in decision && !waivePolicy && at > latest) return refuse({ code: 'cancel-too-late' });
  return decision;
}

function holdOfSameSlot(calendar: CalendarState, { slot, holder, terms }: Of<'place-hold'>): Hold | undefined {
  if (holder.tokenFor === null && holder.userId === null) return undefined;
  for (const hold of calendar.holds.values()) {
    if (hold.calendarId !== calendar.id || hold.resource?.calendarId !== slot.resource?.calendarId) continue;
    const isSame = hold.startsAt === slot.startsAt && hold.serviceId === slot.terms.serviceId && hold.seats === slot.seats;
    // Another choice takes another time.
    if (isSame && isSameChoice(hold.terms?.addOns, terms?.addOns) && isHolder(hold, holder)) return hold;
  }
  return undefined;
}

function isHolder(hold: Hold, proof: HolderProof): boolean {
  return proof.tokenFor === hold.id || (hold.holder !== null && hold.holder === proof.userId);
}

/** A renewal never shortens a hold; without renewals left it stays as it is. */
function renewed(hold: Hold, holdSeconds: number, at: Instant): Hold {
  if (hold.renewalsLeft === 0) return hold;
  return { ...hold, expiresAt: instant(Math.max(hold.expiresAt, at + holdSeconds * SECOND)), renewalsLeft: hold.renewalsLeft - 1 };
}

function whyGone(calendar: CalendarState, holdId: string): 'hold-expired' | 'hold-not-found' {
  return calendar.endedHolds.get(holdId) === 'expired' ? 'hold-expired' : 'hold-not-found';
}

function booking(appointment: Appointment, holdId: string | null): CalendarEvent {
  return { type: appointment.status === 'pending' ? 'appointment.requested' : 'appointment.booked', appointment, isNew: true, holdId };
}

const statusFor = (approval: 'automatic' | 'manual'): 'pending' | 'booked' => (approval === 'manual' ? 'pending' : 'booked');
const accept = (event: CalendarEvent): Decision => ({ events: [event] });
const refuse = (refusal: Refusal): { readonly refusal: Refusal } => ({ refusal });
