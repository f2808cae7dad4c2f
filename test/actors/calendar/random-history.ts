// Two calendars to which random things happen, as their actors decide them. Each step says what it led to.
import fc from 'fast-check';
import type { Appointment, AppointmentStep, CalendarCommand, CalendarEvent, ExternalChange, HoursChange } from '../../../src/actors/calendar/calendar.ts';
import { type CalendarState, emptyState } from '../../../src/actors/calendar/calendar-state.ts';
import { decide, dueExpiries } from '../../../src/actors/calendar/decide.ts';
import { evolve } from '../../../src/actors/calendar/evolve.ts';
import { packBusy } from '../../../src/model/external-busy.ts';
import { type Instant, instant, MINUTE, SECOND } from '../../../src/model/instant.ts';
import { HOURS, TERMS } from '../practice.ts';
import { blockAt, id, NOW, newAppointment, STAFF, slotAt } from './scene.ts';

const KINDS = [
  'hold',
  'renew',
  'release',
  'confirm',
  'book',
  'cancel',
  'approve',
  'check-in',
  'no-show',
  'complete',
  'reopen',
  'reschedule',
  'move',
  'block',
  'unblock',
  'hours',
  'elsewhere',
] as const;
const CLASS = { ...TERMS, serviceId: id(9), minutes: 60, capacity: 3 };
/** Times are few, so that steps meet; so are the ids of holds and blocks, so that they are used again. */
const MOST_STARTS = 6;
const MOST_IDS = 3;

export type Step = {
  readonly kind: (typeof KINDS)[number];
  readonly where: 0 | 1;
  readonly start: number;
  readonly which: number;
  readonly isClass: boolean;
  readonly seconds: number;
};
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    where: fc.constantFrom(0 as const, 1 as const),
    start: fc.nat(MOST_STARTS - 1),
    which: fc.nat(MOST_IDS - 1),
    isClass: fc.boolean(),
    seconds: fc.nat(40),
  }),
  { maxLength: 60, size: 'max' },
);

/** What one decision did to one calendar. */
export type Part = {
  readonly calendar: 0 | 1;
  readonly base: number;
  readonly revision: number;
  readonly at: Instant;
  readonly events: readonly CalendarEvent[];
};

export class RandomHistory {
  readonly states: readonly [CalendarState, CalendarState] = [emptyState(id(1), HOURS), emptyState(id(3), HOURS)];
  readonly #records: Appointment[] = [];
  #now = NOW;
  #made = 0;

  /** Two parts are one decision over both calendars; none is a refusal that came without an expiry. */
  take(step: Step): readonly Part[] {
    this.#now = instant(this.#now + step.seconds * SECOND);
    if (step.kind === 'move') return this.#move(step);
    const command = this.#commandOf(step);
    return command === undefined ? [] : this.#record(step.where, command);
  }

  #record(calendar: 0 | 1, command: CalendarCommand): readonly Part[] {
    const state = this.states[calendar];
    const expiries = this.#expire(state);
    const decision = decide(state, command, this.#now);
    const part = this.#part(calendar, expiries, 'events' in decision ? decision.events : []);
    return part.events.length > 0 ? [part] : [];
  }

  #move(step: Step): readonly Part[] {
    const appointment = this.#recordAt(step);
    if (appointment === undefined) return [];
    const from = appointment.calendarId === this.states[0].id ? 0 : 1;
    const to = from === 0 ? 1 : 0;
    const due = { from: this.#expire(this.states[from]), to: this.#expire(this.states[to]) };
    const slot = slotOf(step);
    const leaving = decide(this.states[from], { type: 'move-out', appointment, waivePolicy: true }, this.#now);
    const arriving = decide(this.states[to], { type: 'move-in', appointment, staffId: STAFF, slot }, this.#now);
    const fact = 'events' in leaving && 'events' in arriving ? arriving.events : [];
    // As a move is committed: the calendar that gains comes first.
    return [this.#part(to, due.to, fact), this.#part(from, due.from, fact)];
  }

  #expire(state: CalendarState): readonly CalendarEvent[] {
    const due = dueExpiries(state, this.#now);
    for (const event of due) evolve(state, event);
    return due;
  }

  #part(calendar: 0 | 1, expiries: readonly CalendarEvent[], fresh: readonly CalendarEvent[]): Part {
    const state = this.states[calendar];
    for (const event of fresh) {
      evolve(state, event);
      if ('appointment' in event && event.appointment.calendarId === state.id) this.#note(event.appointment);
    }
    const base = state.revision;
    const events = [...expiries, ...fresh];
    if (events.length > 0) state.revision += 1;
    return { calendar, base, revision: state.revision, at: this.#now, events };
  }

  #note(appointment: Appointment): void {
    const known = this.#records.findIndex((record) => record.id === appointment.id);
    if (known < 0) this.#records.push(appointment);
    else this.#records[known] = appointment;
  }

  #recordAt({ which }: Step): Appointment | undefined {
    return this.#records.at(-1 - which);
  }

  #commandOf(step: Step): CalendarCommand | undefined {
    const { kind, where, start, which } = step;
    const own = where * MOST_IDS + which;
    const holdId = id(100 + own);
    const appointment = this.#recordAt(step);
    switch (kind) {
      case 'hold':
        return { type: 'place-hold', holdId, staffId: STAFF, slot: slotOf(step), holder: { tokenFor: null, userId: null }, holdSeconds: 90 };
      case 'renew':
        return { type: 'renew-hold', holdId, proof: { tokenFor: holdId, userId: null }, holdSeconds: 90 };
      case 'release':
        return { type: 'release-hold', holdId, proof: { tokenFor: holdId, userId: null } };
      case 'confirm': {
        const serviceId = this.states[where].holds.get(holdId)?.serviceId ?? TERMS.serviceId;
        return { type: 'confirm-hold', holdId, proof: { tokenFor: holdId, userId: null }, appointment: this.#fresh(serviceId), approval: approvalOf(step) };
      }
      case 'book':
        return { type: 'book', slot: slotOf(step), appointment: this.#fresh(slotOf(step).terms.serviceId), approval: approvalOf(step) };
      case 'block':
        return { type: 'add-block', block: blockAt(start * 30, { id: id(200 + own), reason: which === 0 ? null : 'closed' }) };
      case 'unblock':
        return { type: 'remove-block', blockId: id(200 + own) };
      case 'hours':
        return { type: 'change-hours', change: this.#hoursChange(step) };
      case 'elsewhere':
        return { type: 'change-external', externalCalendarId: id(300 + which), change: elsewhereChange(step) };
      default:
        if (appointment?.calendarId !== this.states[where].id) return undefined;
        return changeOf(kind, appointment, step);
    }
  }

  /** Somebody who has been removed comes back with the next change. */
  #hoursChange({ where, which, start }: Step): HoursChange {
    if (this.states[where].hours.retired) return { type: 'reinstate' };
    return start === 0 ? { type: 'retire' } : { type: 'set-date-override', date: `2030-01-0${which + 1}`, windows: [] };
  }

  #fresh(serviceId: string) {
    this.#made += 1;
    return newAppointment({ id: id(1_000 + this.#made), serviceId });
  }
}

function elsewhereChange({ start, seconds }: Step): ExternalChange {
  if (start === 0) return { type: 'remove' };
  if (start < 3) return { type: 'add' };
  const startsAt = slotAt(start * 30).startsAt;
  return { type: 'replace', busy: packBusy([startsAt, startsAt + (seconds + 1) * MINUTE]) };
}

function changeOf(kind: 'cancel' | 'reschedule' | 'move' | AppointmentStep, appointment: Appointment, step: Step): CalendarCommand | undefined {
  if (kind === 'move') return undefined;
  if (kind === 'cancel') return { type: 'cancel', appointment, waivePolicy: true };
  if (kind === 'reschedule') return { type: 'reschedule', appointment, slot: slotOf(step), waivePolicy: true };
  return { type: kind, appointment };
}

/** The first begins at once, so that every step is possible for some and too early for others. */
function slotOf({ start, isClass }: Step) {
  return slotAt(start * 30, isClass ? CLASS : TERMS);
}

const approvalOf = ({ which }: Step) => (which === 0 ? 'manual' : 'automatic');
