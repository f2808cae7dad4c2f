// Whether each "no" was true at some moment between the question and the answer.
import type { Appointment, Refusal } from '../../../src/actors/calendar/calendar.ts';
import type { Candidate, ClaimAsk, SchedulerCommand } from '../../../src/actors/scheduler.ts';
import { MINUTE } from '../../../src/model/instant.ts';
import type { Asked, History } from '../history.ts';
import type { Ledger } from './ledger.ts';
import type { SmallCalendar } from './small-calendar.ts';

/** Between which moments it must have been true, and where to look. */
type Window = { readonly ledger: Ledger; readonly calendarIds: readonly string[]; readonly from: number; readonly to: number };

export function checkRefusals(history: History, ledger: Ledger, calendarIds: readonly string[]): void {
  for (const asked of history.asked) {
    const from = asked.attempts[0]?.askedAt ?? 0;
    for (const { answer, answeredAt, node } of asked.attempts) {
      if (answer === null || answer === 'cut' || answer.outcome !== 'no') continue;
      if (wasTrue(asked, answer.refusal, { ledger, calendarIds, from, to: answeredAt })) continue;
      history.broken('a refusal was never true', `${asked.request.key}: ${asked.command.type} on ${node}: ${JSON.stringify(answer.refusal)}`);
    }
  }
}

function wasTrue(asked: Asked, refusal: Refusal, window: Window): boolean {
  const { command } = asked;
  switch (refusal.code) {
    case 'abandoned':
      return asked.attempts.some(({ kind, askedAt }) => kind === 'abandon' && askedAt <= window.to);
    case 'slot-taken':
    case 'outside-hours':
      return wasTaken(command, window);
    case 'hold-not-found':
    case 'hold-expired':
      return 'holdId' in command && wasGone(command.holdId, refusal.code, window);
    case 'limit-reached':
      return 'holdId' in command && sometimes(window, (calendar) => calendar.claims.get(command.holdId)?.renewalsLeft === 0);
    case 'not-found':
      if (command.type === 'remove-block') return sometimesOn(command.calendarId, window, (calendar) => !calendar.claims.has(command.blockId));
      return lacksRecord(command, window) || wasRemoved(command, window);
    case 'wrong-status':
      return 'appointmentId' in command && wasUnfit(command, window);
    default:
      // Nobody in this world gives a reason for it.
      return false;
  }
}

/** Some calendar that it needs. */
function wasRemoved(command: SchedulerCommand, window: Window): boolean {
  const candidates = 'ask' in command && command.ask !== null ? command.ask.candidates : [];
  const needed = candidates.flatMap(({ calendarId, resources = [] }) => [calendarId, ...resources.map((room) => room.calendarId)]);
  const ids = 'calendarId' in command ? [command.calendarId] : needed;
  return ids.some((id) => sometimesOn(id, window, ({ isRetired }) => isRetired));
}

function sometimesOn(calendarId: string, { ledger, from, to }: Window, isSo: (calendar: SmallCalendar) => boolean): boolean {
  for (const calendar of ledger.statesWithin(calendarId, from, to)) if (isSo(calendar)) return true;
  return false;
}

function sometimes(window: Window, isSo: (calendar: SmallCalendar) => boolean): boolean {
  return window.calendarIds.some((id) => sometimesOn(id, window, isSo));
}

function wasTaken(command: SchedulerCommand, window: Window): boolean {
  switch (command.type) {
    case 'place-hold':
    case 'book':
      return command.ask.candidates.every((candidate) => wasBusy(candidate, command.ask, null, window));
    case 'reschedule':
      return lengthsOf(command.appointmentId, window).some((minutes) => {
        const ask = { ...command.ask, terms: { ...command.ask.terms, minutes } };
        return ask.candidates.every((candidate) => wasBusy(candidate, ask, command.appointmentId, window));
      });
    case 'edit':
      return wasTooLong(command, window);
    case 'add-block': {
      const { startsAt, endsAt } = command.block;
      return sometimesOn(command.calendarId, window, ({ claims }) => [...claims.values()].some((claim) => claim.startsAt < endsAt && startsAt < claim.endsAt));
    }
    default:
      return false;
  }
}

/** A move keeps the length, which an edit may have changed. */
function lengthsOf(appointmentId: string, window: Window): readonly number[] {
  return recordsOf(appointmentId, window).map(({ startsAt, endsAt }) => (endsAt - startsAt) / MINUTE);
}

/** Where it stood at some moment of the question, with the length that it was to have: the calendar or each room that was asked for was not free. */
function wasTooLong({ appointmentId, ask, edit }: Extract<SchedulerCommand, { type: 'edit' }>, window: Window): boolean {
  if (ask === null) return false;
  return recordsOf(appointmentId, window).some(({ startsAt, endsAt }) => {
    const minutes = edit.minutes ?? (endsAt - startsAt) / MINUTE;
    const asked = { ...ask, startsAt, terms: { ...ask.terms, minutes } };
    return ask.candidates.every((candidate) => wasBusy(candidate, asked, appointmentId, window));
  });
}

/** With each room that would do, the calendar or the room was not free at some moment. */
function wasBusy({ calendarId, resources, minutes }: Candidate, ask: ClaimAsk, ignored: string | null, window: Window): boolean {
  const isOver = ask.override?.rules.includes('slot-taken') === true;
  const isBusy = (on: string, partner?: string) =>
    sometimesOn(on, window, (calendar) => !calendar.isFree({ ...timesOf(ask, minutes), ...(partner !== undefined && { partner }) }, ignored, isOver));
  if (resources === undefined) return isBusy(calendarId);
  return resources.every((room) => isBusy(calendarId, room.calendarId) || isBusy(room.calendarId, calendarId));
}

function timesOf({ terms, startsAt }: ClaimAsk, minutes = terms.minutes) {
  return { serviceId: terms.serviceId, startsAt, endsAt: startsAt + minutes * MINUTE, capacity: terms.capacity };
}

/** A hold stays on one calendar, so it was nowhere if each of them lacked it at some moment; how it ended is asked of the one that had it. */
function wasGone(holdId: string, code: 'hold-not-found' | 'hold-expired', window: Window): boolean {
  if (code === 'hold-expired') return sometimes(window, (calendar) => calendar.ended.get(holdId) === 'expired');
  return window.calendarIds.every((id) => sometimesOn(id, window, (calendar) => !calendar.claims.has(holdId)));
}

type OnAppointment = Extract<SchedulerCommand, { readonly appointmentId: string }>;

/** Each state that the appointment was in, with the moment from which on. */
function statusesOf(appointmentId: string, window: Window): readonly (string | undefined)[] {
  const { before, during } = stepsOf(appointmentId, window);
  return [before?.status, ...during.map(({ status }) => status)];
}

function recordsOf(appointmentId: string, window: Window): readonly Appointment[] {
  const { before, during } = stepsOf(appointmentId, window);
  return before === undefined ? during : [before, ...during];
}

function stepsOf(appointmentId: string, { ledger, from, to }: Window): { readonly before: Appointment | undefined; readonly during: readonly Appointment[] } {
  const steps = ledger
    .all()
    .flatMap(({ at, events }) =>
      events.flatMap((event) => ('appointment' in event && event.appointment.id === appointmentId ? [{ at, appointment: event.appointment }] : [])),
    )
    .sort((one, other) => one.at - other.at);
  const during = steps.filter(({ at }) => from <= at && at <= to).map(({ appointment }) => appointment);
  return { before: steps.filter(({ at }) => at < from).at(-1)?.appointment, during };
}

function lacksRecord(command: SchedulerCommand, window: Window): boolean {
  return 'appointmentId' in command && statusesOf(command.appointmentId, window).includes(undefined);
}

const FITTING: Readonly<Partial<Record<OnAppointment['type'], readonly string[]>>> = {
  cancel: ['pending', 'booked'],
  reschedule: ['pending', 'booked'],
  approve: ['pending'],
  'check-in': ['booked'],
  reopen: ['checked-in'],
  edit: ['pending', 'booked', 'checked-in'],
};

function wasUnfit(command: OnAppointment, window: Window): boolean {
  const fitting = FITTING[command.type] ?? [];
  return statusesOf(command.appointmentId, window).some((status) => status !== undefined && !fitting.includes(status));
}
