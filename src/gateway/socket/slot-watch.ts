import type { Principal } from '../../access/principal.ts';
import type { CalendarSlots } from '../../actors/scheduler.ts';
import type { AppointmentRecord } from '../../booking/appointment-reads-port.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { isFailed } from '../../protocol/reply.ts';
import type { ScreenMessageRead, SlotsCalendar, SlotsSnapshot } from '../../protocol/socket.ts';
import { wireTime } from '../../protocol/wire-times.ts';
import type { LiveRoom } from './live-room.ts';
import { SharedMessage } from './packets.ts';
import type { Screen, Watch } from './screen.ts';
import { isSameSlotQuestion, type SlotQuestion, slotQuestion } from './slot-question.ts';
import { difference, type SlotView, type SlotViewChange } from './slot-view.ts';

type Asked = ScreenMessageRead<'watch-slots'>;
/** `moving`: as it was when this was asked; how long it is and for how many never changes. */
export type SlotsWanted = { readonly asked: Asked; readonly question: SlotQuestion; readonly moving: AppointmentRecord | null };

/** Free times on one screen: a seat at one shared view for each calendar. What changes in a view is encoded once for all who sit there. */
export class SlotWatch implements Watch {
  readonly #room: LiveRoom;
  readonly #screen: Screen;
  readonly #asked: Asked;
  readonly #question: SlotQuestion;
  readonly #moving: AppointmentRecord | null;
  readonly #views: readonly SlotView[];
  /** What the answer said, by view, until the watch is live. */
  readonly #told = new Map<SlotView, CalendarSlots>();
  readonly #listener = (view: SlotView, change: SlotViewChange): void => this.#send(view, change);
  #catalog: Catalog;
  #principal: Principal | null;
  #isBehind = false;

  constructor(room: LiveRoom, screen: Screen, { asked, question, moving }: SlotsWanted) {
    this.#room = room;
    this.#screen = screen;
    this.#asked = asked;
    this.#question = question;
    this.#moving = moving;
    this.#catalog = room.parts.catalog.snapshot();
    this.#principal = screen.principal;
    this.#views = question.queries.map((query) => room.slotViews.acquire(query));
  }

  /** What the screen is answered. Changes follow after `goLive`. */
  async read(): Promise<SlotsSnapshot> {
    await this.#room.slotViews.settle(this.#views);
    const { era } = this.#room.parts.scheduler;
    const known = this.#asked.since?.era === era ? this.#asked.since.revisions : {};
    const calendars: SlotsCalendar[] = [];
    const unchanged: string[] = [];
    for (const view of this.#views) {
      if (view.slots === undefined) continue;
      view.confirm();
      this.#told.set(view, view.slots);
      if (view.isSteady && known[view.slots.calendarId] === view.slots.revision) unchanged.push(view.slots.calendarId);
      else calendars.push(wireSlots(view, view.slots));
    }
    return { era, timeZone: this.#question.timeZone, calendars, unchanged };
  }

  /** Sends what has changed since the answer was read; call it once the answer is out. */
  goLive(): void {
    if (this.#isBehind || this.#isEnded()) return;
    for (const view of this.#views) {
      const told = this.#told.get(view);
      // Those who listen already hear that nothing else has changed; so from now on all of them have the same revision, and one message fits all.
      view.confirm();
      view.listeners.add(this.#listener);
      if (told !== undefined && view.slots !== undefined && told !== view.slots) this.#send(view, difference(told.revision, told, view.slots));
    }
    this.#told.clear();
  }

  *revisions(): Iterable<readonly [string, number]> {
    for (const view of this.#views) if (view.slots !== undefined) yield [view.query.calendarId, view.sentRevision];
  }

  isOutdated(): boolean {
    // Whether the appointment is theirs to move was asked for who they were.
    const { principal } = this.#screen;
    if (this.#asked.movingAppointmentId !== undefined && this.#principal !== principal) return true;
    const catalog = this.#room.parts.catalog.snapshot();
    if (catalog === this.#catalog && this.#principal === principal) return false;
    const now = slotQuestion(this.#room.parts, principal, this.#asked, this.#moving);
    if (isFailed(now) || !isSameSlotQuestion(this.#question, now)) return true;
    this.#catalog = catalog;
    this.#principal = principal;
    return false;
  }

  close(): void {
    this.#isBehind = true;
    for (const view of this.#views) {
      view.listeners.delete(this.#listener);
      this.#room.slotViews.release(view);
    }
  }

  /** Looked at before anything is sent, so nothing is that was asked for and means something else by now. */
  #isEnded(): boolean {
    if (!this.isOutdated()) return false;
    this.#screen.dropOutdated();
    return true;
  }

  #send(view: SlotView, change: SlotViewChange): void {
    if (this.#isBehind || this.#isEnded()) return;
    const { watchId } = this.#asked;
    const message = messageOf(this.#room.parts.scheduler.era, view, change);
    if (!this.#screen.outbox.offer(watchId, message.packetFor(watchId))) this.#isBehind = true;
  }
}

function wireSlots({ query }: SlotView, { calendarId, staffId, revision, startsAt, remaining }: CalendarSlots): SlotsCalendar {
  const slots = startsAt.map((start) => wireTime(start, query.timeZone));
  return { calendarId, staffId, revision, slots, ...(query.terms.capacity > 1 && { remaining }) };
}

/** Encoded once, however many listen to the view. */
const messages = new WeakMap<SlotViewChange, SharedMessage>();

function messageOf(era: string, { query }: SlotView, change: SlotViewChange): SharedMessage {
  const known = messages.get(change);
  if (known !== undefined) return known;
  const { base, revision, taken, freed } = change;
  const time = (at: (typeof taken)[number]) => wireTime(at, query.timeZone);
  const seats = [...freed, ...change.remaining].map(({ startsAt, remaining }) => [time(startsAt), remaining]);
  const message = new SharedMessage('slots-changed', {
    era,
    calendarId: query.calendarId,
    base,
    revision,
    taken: taken.map(time),
    freed: freed.map(({ startsAt }) => time(startsAt)),
    ...(query.terms.capacity > 1 && { remaining: Object.fromEntries(seats) }),
  });
  messages.set(change, message);
  return message;
}
