import type { Instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { CalendarCommand, OfRecord, Refusal } from '../calendar/calendar.ts';
import { calendarsOfClaim } from '../calendar/calendars-of.ts';
import type { Part, Parts } from '../calendar/group.ts';
import type { Outcome } from '../calendar/work.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import { type HoldHome, type JournalDatabase, ReadFailure } from '../ports.ts';
import { RecentMap } from '../recent-map.ts';
import type { AskedOfRecord, CalendarChange, RequestKey, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry, KeptCalendars } from './actor-registry.ts';
import { Alternatives } from './alternatives.ts';
import { Anyone } from './anyone.ts';
import { type CarryOut, isOther, type PlanParts, partsOfPlan } from './carry-out.ts';
import { areInMemory, type Claim, choicesOf, type Offer, offered, offerOf, ofStaff, partsOf, withOthers } from './choices.ts';
import { CustomersOfBookings } from './customers-of-bookings.ts';
import { type Groups, rehearse } from './groups.ts';
import type { ForwardedCommand } from './messages.ts';
import { partsOfSwap } from './swap.ts';

/** Calendars of the last holds, so that finding a hold rarely asks the database. */
const HOLD_HOMES = 20_000;
/** Of a claim whose candidates are all gone. */
const NO_ONE: Refusal = { code: 'not-found', detail: 'no one can take it' };
/** How often an appointment's record is read again because its calendar had changed. */
const STALE_LIMIT = 6;

/** `request` is null exactly for a dry run. */
type Mode = { readonly request: RequestKey | null; readonly dryRun: boolean };
type World = {
  readonly now: () => Instant;
  /** The living node that owns the calendar; null if there is none. */
  readonly ownerOf: (calendarId: string) => string | null;
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

/** Finds the calendars of a command and takes it to them. */
export class ClaimDesk {
  readonly #registry: ActorRegistry;
  readonly #database: JournalDatabase;
  readonly #groups: Groups;
  readonly #world: World;
  readonly #anyone: Anyone;
  readonly #alternatives = new Alternatives();
  readonly #customers: CustomersOfBookings;
  readonly #holdHomes = new RecentMap<string, HoldHome>(HOLD_HOMES);

  constructor(registry: ActorRegistry, database: JournalDatabase, groups: Groups, world: World) {
    this.#registry = registry;
    this.#database = database;
    this.#groups = groups;
    this.#world = world;
    this.#anyone = new Anyone({ registry, ...world });
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
      case 'place-hold':
        return this.#claim(command, mode);
      case 'book': {
        const { type, ask, draft, approval } = command;
        return this.#customers.with(command, (customerId, typed) => this.#claim({ type, ask, draft, approval, customerId, typed }, mode));
      }
      case 'renew-hold':
      case 'agree-hold':
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
        return this.#onAppointment(command, mode, (record) => {
          return { type: 'cancel', ...record, waivePolicy: command.waivePolicy, typed: typing(command) };
        });
      case 'decline':
        return this.#onAppointment(command, mode, (record) => ({ type: 'decline', ...record, typed: typing(command) }));
      case 'approve':
      case 'check-in':
      case 'complete':
      case 'no-show':
      case 'reopen':
        return this.#onAppointment(command, mode, (record) => ({ type: command.type, ...record }));
      case 'reschedule':
        return this.#reschedule(command, mode);
      case 'edit':
        return this.#edit(command, mode);
      case 'add-block':
        return this.#onCalendar(command.calendarId, { type: 'add-block', block: command.block }, mode);
      case 'move-block':
        return this.#submit({ parts: partsOfBlockMove(command), isFinal: true, offer: null }, mode);
      case 'remove-block':
        return this.#onCalendar(command.calendarId, { type: 'remove-block', blockId: command.blockId }, mode);
      case 'change-hours':
        return this.#changeHours(command, mode);
      case 'carry-out':
        return this.#carryOut(command, mode);
      case 'swap':
        return this.#asRead(mode, { code: 'not-found' }, () => partsOfSwap(this.#registry, this.#database, command));
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
    const { parts, offer, oneOf } = forwarded;
    if (oneOf !== undefined) return this.#decideOneOf({ ...forwarded, oneOf }, handsOver);
    const actor = this.#registry.inMemory(parts[0].calendarId);
    if (parts.length === 1 && actor !== undefined && areInMemory(this.#registry, offer))
      return this.#decideOn(new Map([[actor.id, actor]]), forwarded, handsOver);
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

  /** The requested person, or the first in order that accepts; with the first resource that is free with them. */
  #claim(claim: Claim, mode: Mode): Promise<Outcome> {
    const [only, ...more] = choicesOf(claim.ask);
    if (only === undefined || more.length > 0) return this.#claimOneOf(claim, mode);
    return this.#submit({ parts: partsOf(claim, only), isFinal: true, offer: offerOf(claim, only) }, mode);
  }

  async #claimOneOf(claim: Claim, mode: Mode): Promise<Outcome> {
    const { request } = mode;
    const everyone = claim.ask.candidates.map(({ calendarId }) => calendarId);
    const outcome =
      request === null
        ? await this.#anyone.decide(claim, everyone, true, (choice) => this.#rehearse(partsOf(claim, choice), offerOf(claim, choice)))
        : await this.#anyone.ask(claim, (first, among, isFinal) =>
            this.#world.send({ parts: partsOf(claim, first), isFinal, offer: null, request, oneOf: { claim, among } }),
          );
    return outcome === 'no-one' ? this.#notFound(mode, NO_ONE) : outcome;
  }

  /** Of several that could take it, and whose calendars are decided here. */
  async #decideOneOf({ request, isFinal, oneOf }: ForwardedCommand & Required<Pick<ForwardedCommand, 'oneOf'>>, handsOver: boolean): Promise<Outcome> {
    const { claim, among } = oneOf;
    try {
      const outcome = await this.#anyone.decide(claim, among, isFinal, (choice, isLast) =>
        this.decideHere({ parts: partsOf(claim, choice), isFinal: isLast, offer: offerOf(claim, choice), request }, handsOver),
      );
      if (outcome !== 'no-one') return outcome;
      return isFinal ? this.#notFound({ request, dryRun: false }, NO_ONE) : { type: 'refused', refusal: NO_ONE };
    } catch (failure) {
      // Those that were asked before have refused, so nothing has been done.
      if (failure instanceof ReadFailure) return { type: 'overloaded' };
      throw failure;
    }
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

  #carryOut(command: CarryOut, mode: Mode): Promise<Outcome> {
    return this.#asRead(mode, { code: 'plan-outdated' }, () => partsOfPlan(this.#registry, this.#database, command, this.#world.now()));
  }

  /** Every record is read again where one of them is out of date. */
  async #asRead(mode: Mode, ifGone: Refusal, read: () => Promise<PlanParts>): Promise<Outcome> {
    for (let count = 0; count < STALE_LIMIT; count += 1) {
      using plan = await read();
      if (plan.parts === 'outdated') return { type: 'outdated' };
      if (plan.parts === 'gone') return this.#notFound(mode, ifGone);
      const outcome = await this.#submit({ parts: plan.parts, isFinal: true, offer: null }, mode);
      if (outcome.type !== 'stale') return outcome;
    }
    return { type: 'overloaded' };
  }

  /** The command carries the record as read; a calendar that has a newer one says so once that is durable. */
  async #onAppointment(asked: AskedOfRecord, mode: Mode, commandFor: (record: Required<OfRecord>) => CalendarCommand): Promise<Outcome> {
    return this.#withRecord(asked, mode, (record) => {
      const { calendarId, resource } = record.appointment;
      return this.#onCalendars({ calendarId, command: commandFor(record) }, mode, resource?.calendarId);
    });
  }

  async #withRecord({ appointmentId, basedOn }: AskedOfRecord, mode: Mode, attempt: (record: Required<OfRecord>) => Promise<Outcome>): Promise<Outcome> {
    for (let read = 0; read < STALE_LIMIT; read += 1) {
      const record = await this.#database.appointment(appointmentId);
      if (record === undefined) return this.#notFound(mode, { code: 'not-found' });
      const { revision, asOf, ...appointment } = record;
      if (isOther(record, basedOn)) return { type: 'outdated' };
      const outcome = await attempt({ appointment, asOf });
      if (outcome.type !== 'stale') return outcome;
    }
    return { type: 'overloaded' };
  }

  #reschedule(command: Extract<SchedulerCommand, { type: 'reschedule' }>, mode: Mode): Promise<Outcome> {
    const { ask, waivePolicy, overrideReason } = command;
    const details = overrideReason === null ? {} : { overrideReason };
    return this.#withRecord(command, mode, (record) => this.#claim({ type: 'move', ...record, ask, waivePolicy, details }, mode));
  }

  #edit(command: Extract<SchedulerCommand, { type: 'edit' }>, mode: Mode): Promise<Outcome> {
    const { edit, ask, details } = command;
    if (ask !== null) return this.#withRecord(command, mode, (record) => this.#claim({ type: 'move', ...record, ask, waivePolicy: true, edit, details }, mode));
    const typed = Object.keys(details).length > 0 && { typed: { details } };
    return this.#onAppointment(command, mode, (record) => ({ type: 'edit', ...record, edit, slot: null, ...typed }));
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
    const actors = new Map([...kept.actors].filter(([id]) => calendarIds.includes(id)));
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

/** Where it goes to another calendar, the last part answers: that it is there. */
function partsOfBlockMove({ calendarId, toCalendarId = calendarId, ...move }: Extract<SchedulerCommand, { type: 'move-block' }>): Parts {
  if (toCalendarId === calendarId) return [{ calendarId, command: move }];
  return [
    { calendarId, command: { type: 'remove-block', blockId: move.blockId } },
    { calendarId: toCalendarId, command: { ...move, from: calendarId } },
  ];
}

const typing = ({ reason }: { readonly reason: string | null }) => ({ details: reason === null ? {} : { reason } });
