import type { Instant } from '../../model/instant.ts';
import type { CalendarActor } from '../calendar/actor.ts';
import type { Appointment, AppointmentPlace, CalendarCommand, NewAppointment, Refusal, SlotAsk } from '../calendar/calendar.ts';
import type { CalendarState } from '../calendar/calendar-state.ts';
import { decide, dueExpiries } from '../calendar/decide.ts';
import type { Outcome, Work } from '../calendar/work.ts';
import type { EntryAnswer, EntryEnd } from '../journal/entry.ts';
import type { Lane } from '../journal/lane.ts';
import { type JournalDatabase, ReadFailure } from '../ports.ts';
import { RecentMap } from '../recent-map.ts';
import type { AppointmentDraft, CalendarChange, Candidate, ClaimAsk, RequestKey, SchedulerCommand } from '../scheduler.ts';
import type { ActorRegistry } from './actor-registry.ts';
import { Alternatives } from './alternatives.ts';
import { fairOrder } from './fair-order.ts';
import type { Errand, Offer } from './messages.ts';
import { dryMove, moveBetweenCalendars } from './moves.ts';

/** Calendars of the last holds, so that finding a hold rarely asks the database. */
const HOLD_HOMES = 20_000;
/** How often the candidates of an "anyone will do" are gone through again because one changed in the meantime. */
const ROUNDS_LIMIT = 3;
/** How often an appointment's record is read again because its calendar had moved on. */
const STALE_LIMIT = 6;

/** `request` is null exactly for a dry run. */
type Mode = { readonly request: RequestKey | null; readonly dryRun: boolean };
type Asked = { readonly calendarId: string; readonly staffId: string; readonly place?: AppointmentPlace | undefined };
type Present = Asked & { readonly place: AppointmentPlace | undefined; readonly actor: CalendarActor; readonly state: CalendarState };
type World = {
  readonly now: () => Instant;
  /** Brings an errand to whoever decides for its calendar; `decideHere` is how this node does. */
  readonly send: (errand: Errand) => Promise<Outcome>;
  /** Brings calendars that belong to other nodes up to what the database has. */
  readonly refresh: (calendarIds: readonly string[]) => Promise<void>;
  readonly newEntryId: () => string;
  /** Writes a key down that belongs to no calendar. */
  readonly writeKey: (request: RequestKey, answer: EntryAnswer) => Promise<EntryEnd>;
};

type OnCalendar = Omit<Errand, 'request'>;

/** Finds the calendars a command concerns and brings it to them. */
export class ClaimDesk {
  readonly #registry: ActorRegistry;
  readonly #database: JournalDatabase;
  readonly #groupLane: Lane;
  readonly #world: World;
  readonly #alternatives = new Alternatives();
  readonly #holdHomes = new RecentMap<string, string>(HOLD_HOMES);

  constructor(registry: ActorRegistry, database: JournalDatabase, groupLane: Lane, world: World) {
    this.#registry = registry;
    this.#database = database;
    this.#groupLane = groupLane;
    this.#world = world;
  }

  /** Remembers where holds live. */
  note(change: CalendarChange): void {
    for (const event of change.events) {
      if (event.type === 'hold.placed') this.#holdHomes.set(event.hold.id, change.calendarId);
    }
  }

  async homeOfHold(holdId: string): Promise<string | undefined> {
    return this.#holdHomes.get(holdId) ?? (await this.#database.homeOfHold(holdId));
  }

  async perform(command: SchedulerCommand, mode: Mode): Promise<Outcome> {
    switch (command.type) {
      case 'place-hold': {
        const { holdId, holder, holdSeconds, terms } = command;
        return this.#claim(command.ask, mode, ({ staffId, place }, slot) => ({
          type: 'place-hold',
          holdId,
          staffId,
          slot,
          holder,
          holdSeconds,
          ...(terms && place && { terms: { ...terms, ...place } }),
        }));
      }
      case 'book': {
        const { draft, approval } = command;
        return this.#claim(command.ask, mode, (winner, slot) => ({ type: 'book', slot, appointment: ofStaff(draft, winner), approval }));
      }
      case 'renew-hold':
      case 'release-hold':
      case 'seek-hold':
        return this.#onHold(command.holdId, command, mode);
      case 'confirm-hold': {
        const { holdId, proof, draft, approval } = command;
        return this.#onHold(holdId, { type: 'confirm-hold', holdId, proof, appointment: ofStaff(draft, { staffId: '' }), approval }, mode);
      }
      case 'cancel':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => ({
          type: 'cancel',
          appointment,
          reason: command.reason,
          waivePolicy: command.waivePolicy,
        }));
      case 'decline':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => ({ type: 'decline', appointment, reason: command.reason }));
      case 'approve':
      case 'check-in':
      case 'complete':
      case 'no-show':
      case 'reopen':
        return this.#onAppointment(command.appointmentId, mode, (appointment) => ({ type: command.type, appointment }));
      case 'reschedule':
        return this.#reschedule(command, mode);
      case 'add-block':
        return this.#onCalendar(command.calendarId, { type: 'add-block', block: command.block }, mode);
      case 'remove-block':
        return this.#onCalendar(command.calendarId, { type: 'remove-block', blockId: command.blockId }, mode);
      case 'change-hours': {
        const { calendarId, ...change } = command;
        return this.#onCalendar(calendarId, change, mode);
      }
      default:
        return command satisfies never;
    }
  }

  /**
   * Decides on this node, whoever owns the calendar. In the same turn, if everybody is in memory: requests are decided in the order in which
   * they came, and who was just found to be free still is.
   */
  decideHere(errand: Errand): Promise<Outcome> {
    const actor = this.#registry.inMemory(errand.calendarId);
    const isComplete = (errand.offer?.peers ?? []).every((peer) => this.#registry.inMemory(peer.calendarId) !== undefined);
    return actor !== undefined && isComplete ? actor.submit(this.#workOf(errand, actor)) : this.#loadAndDecide(errand);
  }

  #workOf({ command, request, isFinal, offer }: Errand, actor: CalendarActor): Work {
    return { command, request, isFinal, elaborate: this.#elaborating(actor, offer) };
  }

  async #loadAndDecide(errand: Errand): Promise<Outcome> {
    const { calendarId, request, offer } = errand;
    try {
      using kept = await this.#registry.keep([calendarId, ...(offer?.peers ?? []).map((peer) => peer.calendarId)]);
      const actor = kept.actors.get(calendarId);
      if (actor === undefined) return await this.#notFound({ request, dryRun: false }, { code: 'not-found' });
      return await actor.submit(this.#workOf(errand, actor));
    } catch (failure) {
      // What is read comes before what is decided: nothing has been done.
      if (failure instanceof ReadFailure) return { type: 'overloaded' };
      throw failure;
    }
  }

  #elaborating(actor: CalendarActor, offer: Offer | null): ((refusal: Refusal) => Refusal) | null {
    return offer === null ? null : (refusal) => this.#withAlternatives(refusal, actor, offer);
  }

  /** One person asked for, or the first in fair order of those who can. */
  async #claim(ask: ClaimAsk, mode: Mode, commandFor: (candidate: Asked, slot: SlotAsk) => CalendarCommand): Promise<Outcome> {
    const slot: SlotAsk = { terms: ask.terms, startsAt: ask.startsAt, seats: ask.seats, override: ask.override };
    const everyone = [...ask.candidates, ...(ask.peers ?? [])];
    const errandFor = (asked: Asked, isFinal: boolean): OnCalendar => ({
      calendarId: asked.calendarId,
      command: commandFor(asked, slot),
      isFinal,
      offer: { staffId: asked.staffId, peers: everyone, slot, ignoreClaimId: null },
    });
    const [only, ...more] = ask.candidates;
    if (only !== undefined && more.length === 0) return this.#submit(errandFor(only, true), mode);
    using present = await this.#present(everyone);
    const candidates = present.of(ask.candidates);
    if (candidates.length === 0) return this.#notFound(mode, { code: 'not-found', detail: 'nobody who could take it' });
    for (let round = 0; round < ROUNDS_LIMIT; round += 1) {
      const ordered = fairOrder(candidates, ask.startsAt);
      const at = this.#world.now();
      const willing = ordered.find((candidate) => accepts(candidate.actor, commandFor(candidate, slot), at));
      // Where somebody else has the time of one of them, that is the answer: the others may not even work then.
      const chosen = willing ?? ordered.find((candidate) => isTaken(candidate.actor, commandFor(candidate, slot), at)) ?? ordered.at(-1);
      if (chosen === undefined) break;
      const others = ordered.filter((candidate) => candidate !== chosen);
      if (willing === undefined && !(await this.#allRefuse(others, (candidate) => commandFor(candidate, slot)))) continue;
      const isFinal = willing === undefined;
      const outcome = await this.#submit(errandFor(chosen, isFinal), mode);
      if (outcome.type !== 'refused' || isFinal) return outcome;
      // It was not as willing as it looked from here.
      await chosen.actor.read(() => undefined);
    }
    return { type: 'overloaded' };
  }

  /** A definite "no" from each of them: decided on a state that has become durable. */
  async #allRefuse(candidates: readonly Present[], commandFor: (candidate: Present) => CalendarCommand): Promise<boolean> {
    await this.#world.refresh(candidates.map((candidate) => candidate.calendarId));
    const refusals = await Promise.all(
      candidates.map((candidate) => candidate.actor.read((state, at) => 'refusal' in decide(state, commandFor(candidate), at))),
    );
    return refusals.every((isRefused) => isRefused);
  }

  async #onHold(holdId: string, command: CalendarCommand, mode: Mode): Promise<Outcome> {
    const home = this.#holdHomes.get(holdId) ?? (await this.#database.homeOfHold(holdId));
    if (home === undefined) return this.#notFound(mode, { code: 'hold-not-found' });
    return this.#onCalendar(home, command, mode);
  }

  #onCalendar(calendarId: string, command: CalendarCommand, mode: Mode): Promise<Outcome> {
    return this.#submit({ calendarId, command, isFinal: true, offer: null }, mode);
  }

  /** The command carries the record as it was read; a calendar that has it otherwise says so, once what it has is durable. */
  async #onAppointment(appointmentId: string, mode: Mode, commandFor: (appointment: Appointment) => CalendarCommand): Promise<Outcome> {
    return this.#withRecord(appointmentId, mode, (appointment) => this.#onCalendar(appointment.calendarId, commandFor(appointment), mode));
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

  async #reschedule(command: Extract<SchedulerCommand, { type: 'reschedule' }>, mode: Mode): Promise<Outcome> {
    const { ask, waivePolicy } = command;
    const slot: SlotAsk = { terms: ask.terms, startsAt: ask.startsAt, seats: ask.seats, override: ask.override };
    const everyone = [...ask.candidates, ...(ask.peers ?? [])];
    using present = await this.#present(everyone);
    return await this.#withRecord(command.appointmentId, mode, async (appointment) => {
      const target = this.#targetOf(appointment, present.of(ask.candidates), slot);
      if (target === undefined) return this.#notFound(mode, { code: 'not-found', detail: 'nobody who could take it' });
      const offer: Offer = { staffId: target.staffId, peers: everyone, slot, ignoreClaimId: appointment.id };
      if (target.calendarId === appointment.calendarId) {
        const { calendarId, place } = target;
        return this.#submit(
          { calendarId, command: { type: 'reschedule', appointment, slot, waivePolicy, ...(place && { place }) }, isFinal: true, offer },
          mode,
        );
      }
      using home = await this.#registry.keep([appointment.calendarId]);
      const from = home.actors.get(appointment.calendarId);
      if (from === undefined) return this.#notFound(mode, { code: 'not-found' });
      await this.#world.refresh([from.id, target.calendarId]);
      const move = { from, to: target.actor, appointment, staffId: target.staffId, place: target.place, slot, waivePolicy };
      if (mode.dryRun) return await dryMove(move);
      const elaborate = (refusal: Refusal) => this.#withAlternatives(refusal, target.actor, offer);
      return await moveBetweenCalendars({ ...move, request: mode.request, elaborate }, this.#groupLane, this.#world.newEntryId);
    });
  }

  /** The same person if they can, else the first in fair order who can, else the first asked, who will say why not. */
  #targetOf(appointment: Appointment, candidates: readonly Present[], slot: SlotAsk): Present | undefined {
    const at = this.#world.now();
    const own = candidates.find(({ actor }) => actor.id === appointment.calendarId);
    if (own !== undefined && (candidates.length === 1 || accepts(own.actor, { type: 'reschedule', appointment, slot, waivePolicy: true }, at))) return own;
    const others = fairOrder(candidates, slot.startsAt).filter((candidate) => candidate !== own);
    return others.find(({ actor, staffId }) => accepts(actor, { type: 'move-in', appointment, staffId, slot }, at)) ?? own ?? others[0];
  }

  /** Those who are known, in memory until this is disposed. */
  async #present(everyone: readonly Candidate[]): Promise<Disposable & { of(candidates: readonly Candidate[]): readonly Present[] }> {
    const kept = await this.#registry.keep(everyone.map((candidate) => candidate.calendarId));
    return {
      of: (candidates) =>
        candidates.flatMap(({ calendarId, staffId, place }): Present[] => {
          const actor = kept.actors.get(calendarId);
          return actor === undefined ? [] : [presentOf(actor, { calendarId, staffId, place })];
        }),
      [Symbol.dispose]: () => kept[Symbol.dispose](),
    };
  }

  #withAlternatives(refusal: Refusal, actor: CalendarActor, { staffId, peers, slot, ignoreClaimId }: Offer): Refusal {
    if (!Alternatives.helps(refusal.code)) return refusal;
    const { terms, startsAt, seats } = slot;
    const others = peers.flatMap((peer) => {
      const other = this.#registry.inMemory(peer.calendarId);
      return other === undefined ? [] : [{ staffId: peer.staffId, state: other.head }];
    });
    const ask = { terms, startsAt, seats, ignoreClaimId, at: this.#world.now() };
    return { ...refusal, alternatives: this.#alternatives.find({ staffId, state: actor.head }, others, ask) };
  }

  /** A dry run makes every check on a durable state and leaves no trace. */
  async #submit(errand: OnCalendar, mode: Mode): Promise<Outcome> {
    const { calendarId, command, offer } = errand;
    if (mode.request !== null) return this.#world.send({ ...errand, request: mode.request });
    using kept = await this.#registry.keep([calendarId, ...(offer?.peers ?? []).map((peer) => peer.calendarId)]);
    const actor = kept.actors.get(calendarId);
    if (actor === undefined) return { type: 'refused', refusal: { code: 'not-found' } };
    await this.#world.refresh([calendarId]);
    return await actor.read((state, at): Outcome => {
      const decision = decide(state, command, at);
      if ('refusal' in decision) return { type: 'refused', refusal: this.#elaborating(actor, offer)?.(decision.refusal) ?? decision.refusal };
      if ('stale' in decision) return { type: 'stale' };
      return { type: 'done', calendarId, revision: state.revision, event: decision.events.at(-1) };
    });
  }

  /** A "no" that no calendar was needed for is written down all the same, so that it stays a "no" under this key. */
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

function presentOf(actor: CalendarActor, { calendarId, staffId, place }: Asked): Present {
  return {
    calendarId,
    staffId,
    place,
    actor,
    get state() {
      return actor.head;
    },
  };
}

function ofStaff(draft: AppointmentDraft, { staffId, place }: Omit<Asked, 'calendarId'>): NewAppointment {
  return { ...draft, ...place, staffId };
}

function accepts(actor: CalendarActor, command: CalendarCommand, at: Instant): boolean {
  // A hold that is due is about to be expired by the very decision that follows.
  if (dueExpiries(actor.head, at).length > 0) return true;
  return 'events' in decide(actor.head, command, at);
}

function isTaken(actor: CalendarActor, command: CalendarCommand, at: Instant): boolean {
  const decision = decide(actor.head, command, at);
  return 'refusal' in decision && decision.refusal.code === 'slot-taken';
}
