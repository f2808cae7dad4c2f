import type { Instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Appointment, CalendarCommand, Edit, NewAppointment, Refusal, SlotAsk } from '../calendar/calendar.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import { decideGroup } from '../calendar/decide-group.ts';
import type { Part, Parts } from '../calendar/group.ts';
import { readTogether } from '../calendar/read-together.ts';
import type { PersonalDetails } from '../calendar/typed.ts';
import type { Outcome } from '../calendar/work.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { type HoldHome, type JournalDatabase, ReadFailure } from '../ports.ts';
import { RecentMap } from '../recent-map.ts';
import type { AppointmentDraft, CalendarChange, ClaimAsk, RequestKey, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry, KeptCalendars } from './actor-registry.ts';
import { Alternatives } from './alternatives.ts';
import {
  accepts,
  type Choice,
  choicesOf,
  isTaken,
  offered,
  offerOf,
  type Present,
  partsOfMove,
  presentAmong,
  slotOf,
  targetOfMove,
  withOthers,
} from './choices.ts';
import { CustomersOfBookings } from './customers-of-bookings.ts';
import { fairOrder } from './fair-order.ts';
import { type Groups, rehearse } from './groups.ts';
import type { ForwardedCommand, Offer } from './messages.ts';

/** Calendars of the last holds, so that finding a hold rarely asks the database. */
const HOLD_HOMES = 20_000;
/** How often the candidates of an "anyone" claim are tried again because one changed in the meantime. */
const ROUNDS_LIMIT = 3;
/** How often an appointment's record is read again because its calendar had changed. */
const STALE_LIMIT = 6;

/** `request` is null exactly for a dry run. */
type Mode = { readonly request: RequestKey | null; readonly dryRun: boolean };
type World = {
  readonly now: () => Instant;
  /** Takes a command to the node that decides for its calendar; `decideHere` is how this node decides. */
  readonly send: (forwarded: ForwardedCommand) => Promise<Outcome>;
  /** Brings calendars of other nodes up to the state of the database. */
  readonly refresh: (calendarIds: readonly string[]) => Promise<void>;
  readonly newCustomerId: () => string;
  /** Calendars that decide together, as fresh as possible. */
  readonly toDecide: (calendarIds: readonly string[]) => Promise<KeptCalendars>;
  /** Stores a key that belongs to no calendar. */
  readonly writeKey: (request: RequestKey, answer: EntryAnswer) => Promise<EntryEnd>;
};

type OnCalendars = Omit<ForwardedCommand, 'request'>;
type Placing = { readonly ask: ClaimAsk; readonly waivePolicy: boolean; readonly edit?: Edit; readonly details: Partial<PersonalDetails> };
type Moving = { readonly ask: ClaimAsk; readonly edit: Edit | undefined; readonly mode: Mode; readonly partsFor: (to: Choice) => Parts };

/** Finds the calendars of a command and takes it to them. */
export class ClaimDesk {
  readonly #registry: ActorRegistry;
  readonly #database: JournalDatabase;
  readonly #groups: Groups;
  readonly #world: World;
  readonly #alternatives = new Alternatives();
  readonly #customers: CustomersOfBookings;
  readonly #holdHomes = new RecentMap<string, HoldHome>(HOLD_HOMES);

  constructor(registry: ActorRegistry, database: JournalDatabase, groups: Groups, world: World) {
    this.#registry = registry;
    this.#database = database;
    this.#groups = groups;
    this.#world = world;
    this.#customers = new CustomersOfBookings(database, world.newCustomerId);
  }

  /** Remembers where holds live. */
  note(change: CalendarChange): void {
    for (const event of change.events) {
      if (event.type !== 'hold.placed') continue;
      const { id, calendarId, resource } = event.hold;
      this.#holdHomes.set(id, { calendarId, resourceCalendarId: resource?.calendarId ?? null });
    }
  }

  async homeOfHold(holdId: string): Promise<HoldHome | undefined> {
    return this.#holdHomes.get(holdId) ?? (await this.#database.homeOfHold(holdId));
  }

  perform(command: SchedulerCommand, mode: Mode): Promise<Outcome> {
    switch (command.type) {
      case 'place-hold': {
        const { holdId, holder, holdSeconds, terms } = command;
        return this.#claim(command.ask, mode, ({ staffId, place }, slot) => ({
          ...{ type: 'place-hold', holdId, staffId, slot, holder, holdSeconds },
          ...(terms && place && { terms: { ...terms, ...place } }),
        }));
      }
      case 'book': {
        const { draft, approval } = command;
        return this.#customers.with(command, (customerId, typed) =>
          this.#claim(command.ask, mode, (winner, slot) => ({ type: 'book', slot, appointment: { ...ofStaff(draft, winner), customerId }, approval, typed })),
        );
      }
      case 'renew-hold':
      case 'begin-paying':
      case 'release-hold':
      case 'seek-hold':
        return this.#onHold(command.holdId, command, mode);
      case 'confirm-hold': {
        const { holdId, proof, draft, approval } = command;
        return this.#customers.with(command, (customerId, typed) => {
          const appointment = { ...ofStaff(draft, { staffId: '' }), customerId };
          return this.#onHold(holdId, { type: 'confirm-hold', holdId, proof, appointment, approval, typed }, mode);
        });
      }
      case 'cancel':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => {
          return { type: 'cancel', appointment, waivePolicy: command.waivePolicy, typed: typing(command) };
        });
      case 'decline':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => ({ type: 'decline', appointment, typed: typing(command) }));
      case 'approve':
      case 'check-in':
      case 'complete':
      case 'no-show':
      case 'reopen':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => ({ type: command.type, appointment }));
      case 'reschedule':
        return this.#reschedule(command, mode);
      case 'edit':
        return this.#edit(command, mode);
      case 'add-block':
        return this.#onCalendar(command.calendarId, { type: 'add-block', block: command.block }, mode);
      case 'remove-block':
        return this.#onCalendar(command.calendarId, { type: 'remove-block', blockId: command.blockId }, mode);
      case 'change-hours':
        return this.#changeHours(command, mode);
      case 'change-external':
        return this.#onCalendar(command.calendarId, { type: command.type, externalCalendarId: command.externalCalendarId, change: command.change }, mode);
      default:
        return command satisfies never;
    }
  }

  /**
   * Decides on this node, even if another owns the calendar. In the same turn if all calendars are in memory: requests are decided in the order in which
   * they came, and a candidate just found free still is. `handsOver`: see `Work`.
   */
  decideHere(forwarded: ForwardedCommand, handsOver = false): Promise<Outcome> {
    const { parts, offer } = forwarded;
    const actor = this.#registry.inMemory(parts[0].calendarId);
    const isComplete = offered(offer).every((calendarId) => this.#registry.inMemory(calendarId) !== undefined);
    if (parts.length === 1 && actor !== undefined && isComplete) return this.#decideOn(new Map([[actor.id, actor]]), forwarded, handsOver);
    return this.#loadAndDecide(forwarded, handsOver);
  }

  #decideOn(actors: ReadonlyMap<string, CalendarActor>, { parts, request, isFinal, offer }: ForwardedCommand, handsOver: boolean): Promise<Outcome> {
    const [{ calendarId, command }] = parts;
    const actor = actors.get(calendarId);
    if (parts.some((part) => !actors.has(part.calendarId)) || actor === undefined) return this.#notFound({ request, dryRun: false }, { code: 'not-found' });
    const work = { request, isFinal, elaborate: this.#elaborating(offer), handsOver };
    if (parts.length === 1) return actor.submit({ ...work, command });
    return this.#groups.decide({ ...work, parts, actors: new Map([...actors].filter(([id]) => parts.some((part) => part.calendarId === id))) });
  }

  async #loadAndDecide(forwarded: ForwardedCommand, handsOver: boolean): Promise<Outcome> {
    const { parts, offer } = forwarded;
    try {
      using _offered = await this.#registry.keep(offered(offer));
      using kept =
        parts.length === 1 ? await this.#registry.keep([parts[0].calendarId]) : await this.#world.toDecide(parts.map(({ calendarId }) => calendarId));
      return await this.#decideOn(kept.actors, forwarded, handsOver);
    } catch (failure) {
      // Reads come before decisions, so nothing has been done.
      if (failure instanceof ReadFailure) return { type: 'overloaded' };
      throw failure;
    }
  }

  #elaborating(offer: Offer | null): ((refusal: Refusal) => Refusal) | null {
    return offer === null ? null : (refusal) => this.#alternatives.with(refusal, offer, this.#registry, this.#world.now());
  }

  /** The requested person, or the first in fair order that accepts; with the first resource that is free with them. */
  #claim(ask: ClaimAsk, mode: Mode, commandFor: (choice: Choice, slot: SlotAsk) => CalendarCommand): Promise<Outcome> {
    const partsFor = (choice: Choice): Parts =>
      withOthers({ calendarId: choice.calendarId, command: commandFor(choice, slotOf(ask, choice)) }, choice.resource?.calendarId);
    const choices = choicesOf(ask);
    const [only, ...more] = choices;
    if (only === undefined || more.length > 0) return this.#claimOneOf(ask, choices, mode, partsFor);
    return this.#submit({ parts: partsFor(only), isFinal: true, offer: offerOf(ask, only, null) }, mode);
  }

  async #claimOneOf(ask: ClaimAsk, choices: readonly Choice[], mode: Mode, partsFor: (choice: Choice) => Parts): Promise<Outcome> {
    using present = await presentAmong(this.#registry, ask);
    const candidates = present.of(choices);
    if (candidates.length === 0) return this.#notFound(mode, { code: 'not-found', detail: 'no one can take it' });
    for (let round = 0; round < ROUNDS_LIMIT; round += 1) {
      const ordered = fairOrder(candidates, ask.startsAt);
      const at = this.#world.now();
      const willing = ordered.find((choice) => accepts(this.#registry, partsFor(choice), at));
      // If the time of one of them is taken, that is the answer: the others may not even work then.
      const chosen = willing ?? ordered.find((choice) => isTaken(this.#registry, partsFor(choice), at)) ?? ordered.at(-1);
      if (chosen === undefined) break;
      const others = ordered.filter((choice) => choice !== chosen);
      if (willing === undefined && !(await this.#allRefuse(others.map(partsFor)))) continue;
      const isFinal = willing === undefined;
      const outcome = await this.#submit({ parts: partsFor(chosen), isFinal, offer: offerOf(ask, chosen, null) }, mode);
      if (outcome.type !== 'refused' || isFinal) return outcome;
      // It was not as free as it looked from here.
      await readTogether(this.#actorsOf(partsFor(chosen)), () => undefined);
    }
    return { type: 'overloaded' };
  }

  /** A definite "no" from each of them, decided on durable states. */
  async #allRefuse(each: readonly Parts[]): Promise<boolean> {
    await this.#world.refresh([...new Set(each.flatMap((parts) => parts.map(({ calendarId }) => calendarId)))]);
    const refusals = await Promise.all(each.map((parts) => readTogether(this.#actorsOf(parts), (states, at) => 'refusal' in decideGroup(states, parts, at))));
    return refusals.every((isRefused) => isRefused);
  }

  /** Of calendars that are kept in memory. */
  #actorsOf(parts: Parts): readonly CalendarActor[] {
    return parts.map(({ calendarId }) => {
      const actor = this.#registry.inMemory(calendarId);
      if (actor === undefined) throw new Error(`calendar ${calendarId} is kept in memory and is not there`);
      return actor;
    });
  }

  async #onHold(holdId: string, command: CalendarCommand, mode: Mode): Promise<Outcome> {
    const home = this.#holdHomes.get(holdId) ?? (await this.#database.homeOfHold(holdId));
    if (home === undefined) return this.#notFound(mode, { code: 'hold-not-found' });
    return this.#onCalendars({ calendarId: home.calendarId, command }, mode, home.resourceCalendarId);
  }

  #onCalendar(calendarId: string, command: CalendarCommand, mode: Mode): Promise<Outcome> {
    return this.#onCalendars({ calendarId, command }, mode);
  }

  #onCalendars(part: Part, mode: Mode, ...others: readonly (string | null | undefined)[]): Promise<Outcome> {
    return this.#submit({ parts: withOthers(part, ...others), isFinal: true, offer: null }, mode);
  }

  /** Retiring a calendar ends its holds, on every calendar that has them. */
  async #changeHours({ calendarId, ...change }: Extract<SchedulerCommand, { type: 'change-hours' }>, mode: Mode): Promise<Outcome> {
    for (let look = 0; look < STALE_LIMIT; look += 1) {
      const actor = change.change.type === 'retire' ? await this.#registry.get(calendarId) : undefined;
      const others = Array.from(actor?.head.holds.values() ?? [], (hold) => calendarsOfClaim(hold)).flat();
      const outcome = await this.#onCalendars({ calendarId, command: change }, mode, ...others);
      if (outcome.type !== 'stale') return outcome;
    }
    return { type: 'overloaded' };
  }

  /** The command carries the record as read; a calendar that has a newer one says so once that is durable. */
  async #onAppointment(appointmentId: string, mode: Mode, commandFor: (appointment: Appointment) => CalendarCommand): Promise<Outcome> {
    return this.#withRecord(appointmentId, mode, (appointment) =>
      this.#onCalendars({ calendarId: appointment.calendarId, command: commandFor(appointment) }, mode, appointment.resource?.calendarId),
    );
  }

  async #withRecord(appointmentId: string, mode: Mode, attempt: (appointment: Appointment) => Promise<Outcome>): Promise<Outcome> {
    for (let read = 0; read < STALE_LIMIT; read += 1) {
      const record = await this.#database.appointment(appointmentId);
      if (record === undefined) return this.#notFound(mode, { code: 'not-found' });
      const { revision: _, ...appointment } = record;
      const outcome = await attempt(appointment);
      if (outcome.type !== 'stale') return outcome;
    }
    return { type: 'overloaded' };
  }

  #reschedule({ appointmentId, ask, waivePolicy, overrideReason }: Extract<SchedulerCommand, { type: 'reschedule' }>, mode: Mode): Promise<Outcome> {
    return this.#place(appointmentId, mode, { ask, waivePolicy, details: overrideReason === null ? {} : { overrideReason } });
  }

  #edit({ appointmentId, edit, ask, details }: Extract<SchedulerCommand, { type: 'edit' }>, mode: Mode): Promise<Outcome> {
    if (ask !== null) return this.#place(appointmentId, mode, { ask, waivePolicy: true, edit, details });
    const typed = Object.keys(details).length > 0 && { typed: { details } };
    return this.#onAppointment(appointmentId, mode, (appointment) => ({ type: 'edit', appointment, edit, slot: null, ...typed }));
  }

  async #place(appointmentId: string, mode: Mode, { ask, waivePolicy, edit, details }: Placing): Promise<Outcome> {
    using present = await presentAmong(this.#registry, ask);
    return await this.#withRecord(appointmentId, mode, async (appointment) => {
      // The calendars it leaves take part too.
      using _left = await this.#registry.keep(calendarsOfClaim(appointment));
      const partsFor = (to: Choice) => partsOfMove({ appointment, to, slot: slotOf(ask, to), waivePolicy, edit, details });
      return await this.#moveTo(appointment, present.of(choicesOf(ask)), { ask, edit, mode, partsFor });
    });
  }

  /** If several could take it, the "no" of one counts only when the others also refuse, because the state seen here may be old. */
  async #moveTo(appointment: Appointment, choices: readonly Present[], { ask, edit, mode, partsFor }: Moving): Promise<Outcome> {
    for (let round = 0; round < ROUNDS_LIMIT; round += 1) {
      const target = targetOfMove(this.#registry, { appointment, choices, ask, edit, at: this.#world.now() });
      if (target === undefined) return this.#notFound(mode, { code: 'not-found', detail: 'no one can take it' });
      const others = choices.filter((choice) => choice !== target);
      const isFinal = others.length === 0 || (round > 0 && (await this.#allRefuse(others.map(partsFor))));
      const outcome = await this.#submit({ parts: partsFor(target), isFinal, offer: offerOf(ask, target, appointment.id) }, mode);
      if (outcome.type !== 'refused' || isFinal) return outcome;
      await readTogether(this.#actorsOf(partsFor(target)), () => undefined);
    }
    return { type: 'overloaded' };
  }

  /** A dry run checks everything on a durable state and stores nothing. */
  #submit({ parts, isFinal, offer }: OnCalendars, { request }: Mode): Promise<Outcome> {
    return request === null ? this.#rehearse(parts, offer) : this.#world.send({ parts, isFinal, offer, request });
  }

  async #rehearse(parts: Parts, offer: Offer | null): Promise<Outcome> {
    const calendarIds = parts.map(({ calendarId }) => calendarId);
    using kept = await this.#registry.keep([...calendarIds, ...offered(offer)]);
    if (calendarIds.some((id) => !kept.actors.has(id))) return { type: 'refused', refusal: { code: 'not-found' } };
    await this.#world.refresh(calendarIds);
    const actors = new Map(this.#actorsOf(parts).map((actor) => [actor.id, actor]));
    return await rehearse({ parts, actors, elaborate: this.#elaborating(offer) });
  }

  /** A refusal that needed no calendar is also stored, so that it stays a refusal under this key. */
  async #notFound({ request }: Mode, refusal: Refusal): Promise<Outcome> {
    if (request === null) return { type: 'refused', refusal };
    const end = await this.#world.writeKey(request, { type: 'refusal', refusal });
    switch (end.type) {
      case 'done':
        return { type: 'refused', refusal };
      case 'duplicate':
      case 'poisoned':
        return end;
      case 'lost':
        return { type: 'overloaded' };
      default:
        return end satisfies never;
    }
  }
}

function ofStaff(draft: AppointmentDraft, { staffId, place }: Pick<Choice, 'staffId' | 'place'>): Omit<NewAppointment, 'customerId'> {
  return { ...draft, ...place, staffId };
}

const typing = ({ reason }: { readonly reason: string | null }) => ({ details: reason === null ? {} : { reason } });
