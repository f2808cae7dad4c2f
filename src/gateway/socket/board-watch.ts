import type { Principal } from '../../access/principal.ts';
import { seesTimesOnly } from '../../access/sight.ts';
import type { CalendarChange } from '../../actors/scheduler.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { isFailed } from '../../protocol/reply.ts';
import type { BoardCalendar, BoardCatchUp, BoardSnapshot, ScreenMessageRead } from '../../protocol/socket.ts';
import { type BoardColumn, type BoardQuestion, boardQuestion, isSameQuestion, readerOfColumn, wireColumns } from './board-question.ts';
import { boardStepMessage, catchUpOf, completeCalendars } from './board-text.ts';
import { FeedStep } from './calendar-feeds.ts';
import { MAX_CATCH_UP_CHANGES } from './limits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Screen, Watch } from './screen.ts';

type Asked = ScreenMessageRead<'watch-board'>;
/** `revision` is what the screen has; `null` until its snapshot is on the way. */
type Watched = { readonly column: BoardColumn; readonly stopListening: () => void; revision: number | null };

/**
 * A board on one screen. It joins without a gap: first it listens, then it reads, and once the answer is out it sends what came in between,
 * which the feeds have kept; from then on every step, as it comes. A step that cannot be sent puts the watch behind: it stays silent until
 * the screen has asked again.
 */
export class BoardWatch implements Watch {
  readonly #room: LiveRoom;
  readonly #screen: Screen;
  readonly #asked: Asked;
  readonly #question: BoardQuestion;
  readonly #watched: Map<string, Watched>;
  #catalog: Catalog;
  #principal: Principal | null;
  /** No name is ever sent to it. */
  readonly #showsTimesOnly: boolean;
  #isLive = false;
  #isBehind = false;

  constructor(room: LiveRoom, screen: Screen, asked: Asked, question: BoardQuestion) {
    this.#room = room;
    this.#screen = screen;
    this.#asked = asked;
    this.#question = question;
    this.#catalog = room.parts.catalog.snapshot();
    this.#principal = screen.principal;
    this.#showsTimesOnly = question.columns.every((column) => seesTimesOnly(readerOfColumn(question, column)));
    this.#watched = new Map(question.columns.map((column) => [column.calendarId, this.#listen(column)]));
  }

  /** What the screen is answered. Steps follow after `goLive`. */
  async read(): Promise<BoardSnapshot> {
    const { scheduler } = this.#room.parts;
    // What the change log tells must join up with what is heard.
    await scheduler.awake(this.#question.columns.map((column) => column.calendarId));
    const since = this.#asked.since?.era === scheduler.era ? this.#asked.since.revisions : {};
    const missed = await Promise.all(this.#question.columns.map(async (column) => this.#catchUp(column, since[column.calendarId])));
    const caughtUp = missed.filter((entry) => entry !== undefined);
    const known = new Set(caughtUp.map((entry) => entry.calendarId));
    const complete = await completeCalendars(
      this.#room.parts,
      this.#question,
      this.#question.columns.filter((column) => !known.has(column.calendarId)),
    );
    const calendars: (BoardCalendar | BoardCatchUp)[] = [...complete, ...caughtUp.filter((entry) => entry.revision > entry.base)];
    for (const { calendarId, revision } of [...complete, ...caughtUp]) {
      const watched = this.#watched.get(calendarId);
      if (watched !== undefined) watched.revision = revision;
    }
    const unchanged = caughtUp.filter((entry) => entry.revision === entry.base).map((entry) => entry.calendarId);
    return { era: scheduler.era, timeZone: this.#question.timeZone, ...wireColumns(this.#question.columns), calendars, unchanged };
  }

  /** Sends what has happened since the answer was read; call it once the answer is out. */
  goLive(): void {
    if (this.#isBehind || this.#isEnded()) return;
    for (const [calendarId, watched] of this.#watched) {
      if (watched.revision === null) continue;
      const missed = this.#room.feeds.changesAfter(calendarId, watched.revision);
      if (missed === undefined) this.#fallBehind();
      else if (missed.length > 0) this.#take(watched, new FeedStep(calendarId, missed));
    }
    this.#isLive = true;
  }

  *revisions(): Iterable<readonly [string, number]> {
    for (const [calendarId, { revision }] of this.#watched) if (revision !== null) yield [calendarId, revision];
  }

  isOutdated(): boolean {
    const catalog = this.#room.parts.catalog.snapshot();
    const { principal } = this.#screen;
    if (catalog === this.#catalog && principal === this.#principal) return false;
    if (principal !== null && !this.#room.parts.accounts.isCurrent(principal)) return true;
    const strays = this.#question.columns.filter(({ presence }) => presence !== 'here').map(({ calendarId }) => calendarId);
    const now = boardQuestion(this.#room.parts, principal, this.#asked, strays);
    if (isFailed(now) || !isSameQuestion(this.#question, now)) return true;
    this.#catalog = catalog;
    this.#principal = principal;
    return false;
  }

  close(): void {
    for (const watched of this.#watched.values()) watched.stopListening();
    this.#isBehind = true;
  }

  /** Looked at before anything is sent, so nothing is that may not be seen any more. */
  #isEnded(): boolean {
    if (!this.isOutdated()) return false;
    this.#screen.dropOutdated();
    return true;
  }

  #listen(column: BoardColumn): Watched {
    const watched: Watched = { column, revision: null, stopListening: this.#room.feeds.listen(column.calendarId, (step) => this.#onStep(watched, step)) };
    return watched;
  }

  #onStep(watched: Watched, step: FeedStep): void {
    if (this.#isLive) this.#take(watched, step);
  }

  /** Sends it, now or once the names in it are read; what comes later is sent later. */
  #take(watched: Watched, step: FeedStep): void {
    if (this.#showsTimesOnly) return this.#tell(watched, step);
    this.#room.steps.push(step, (isLost) => (isLost ? this.#fallBehind() : this.#tell(watched, step)));
  }

  #tell(watched: Watched, step: FeedStep): void {
    if (this.#isBehind || watched.revision === null || step.revision <= watched.revision) return;
    if (this.#isEnded()) return;
    const { revision } = watched;
    if (step.base === revision) {
      this.#send(watched, step);
      return;
    }
    const rest = step.changes.filter((change) => change.base >= revision);
    if (rest[0]?.base === revision) this.#send(watched, step.of(rest));
    // A hole would mean that the feed has lost something: the screen reads afresh rather than go on with a wrong picture.
    else this.#fallBehind();
  }

  #send(watched: Watched, step: FeedStep): void {
    const { watchId } = this.#asked;
    const message = boardStepMessage(this.#room.parts.scheduler.era, this.#question, watched.column, step);
    if (this.#screen.outbox.offer(watchId, message.packetFor(watchId))) watched.revision = step.revision;
    else this.#isBehind = true;
  }

  #fallBehind(): void {
    if (this.#isBehind) return;
    this.#isBehind = true;
    this.#screen.outbox.fallBehind(this.#asked.watchId);
  }

  /** What happened since the revision that the screen has; `undefined` if it has none, or if reading the whole calendar is shorter. */
  async #catchUp(column: BoardColumn, base: number | undefined): Promise<BoardCatchUp | undefined> {
    if (base === undefined) return undefined;
    const changes = await this.#changesSince(column.calendarId, base);
    return changes === undefined ? undefined : await catchUpOf(this.#room.parts, this.#question, column, base, changes);
  }

  async #changesSince(calendarId: string, base: number): Promise<readonly CalendarChange[] | undefined> {
    const { scheduler } = this.#room.parts;
    if (scheduler.revisions([calendarId]).get(calendarId) === base) return [];
    const recent = this.#room.feeds.changesAfter(calendarId, base);
    if (recent !== undefined && recent.length > 0) return recent;
    const answer = await scheduler.changes(calendarId, base, MAX_CATCH_UP_CHANGES);
    if (answer === 'too-old' || answer === 'not-found') return undefined;
    return (answer.changes.at(-1)?.revision ?? base) === answer.revision ? answer.changes : undefined;
  }
}
