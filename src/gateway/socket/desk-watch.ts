import type { Principal } from '../../access/principal.ts';
import { refuseAt } from '../../access/rights.ts';
import type { NamedDay } from '../../booking/day-notes.ts';
import type { DeskSnapshot, ScreenMessageRead } from '../../protocol/socket.ts';
import type { LiveRoom } from './live-room.ts';
import { SharedMessage } from './packets.ts';
import type { Screen, Watch } from './screen.ts';
import type { Desk, Look, Seen } from './together.ts';

/** A desk that is open on one screen: it tells colleagues which appointment it shows, and hears what theirs show and when the note of its day is written. */
export class DeskWatch implements Watch, Desk {
  readonly #room: LiveRoom;
  readonly #screen: Screen;
  readonly #asked: ScreenMessageRead<'watch-desk'>;
  readonly #leave: () => void;
  /** What the screen has, as text; `undefined` until it has been answered. */
  #told: string | undefined;
  #noteVersion = 0;
  readonly userId: string;
  readonly name: string;

  constructor(room: LiveRoom, screen: Screen, asked: ScreenMessageRead<'watch-desk'>, { userId, name }: Principal) {
    this.#room = room;
    this.#screen = screen;
    this.#asked = asked;
    this.userId = userId;
    this.name = name;
    this.#leave = room.together.join(this);
  }

  get day(): NamedDay {
    return this.#asked;
  }

  get look(): Look | undefined {
    const { locationId, appointmentId } = this.#asked;
    return appointmentId === undefined ? undefined : { locationId, userId: this.userId, appointmentId };
  }

  async read(): Promise<DeskSnapshot> {
    const { version } = await this.#room.parts.dayNotes.read(this.#asked);
    const { looking, text } = await this.#room.together.seenBy(this);
    this.#noteVersion = version;
    this.#told = text;
    return { looking, noteVersion: version };
  }

  /** What has changed since the answer was read. */
  goLive(): void {
    this.#room.together.nudge();
  }

  see({ text, message }: Seen): void {
    if (this.#told === undefined || text === this.#told || this.#isEnded()) return;
    if (this.#send(message)) this.#told = text;
  }

  noteChanged(version: number): void {
    if (version <= this.#noteVersion || this.#told === undefined || this.#isEnded()) return;
    if (this.#send(new SharedMessage('desk-changed', { noteVersion: version }))) this.#noteVersion = version;
  }

  *revisions(): Iterable<never> {}

  isOutdated(): boolean {
    const { principal } = this.#screen;
    if (principal?.userId !== this.userId || !this.#room.parts.accounts.isCurrent(principal)) return true;
    return refuseAt(principal, 'keep-day-notes', { staffId: null, locationId: this.#asked.locationId }) !== undefined;
  }

  close(): void {
    this.#told = undefined;
    this.#leave();
  }

  #isEnded(): boolean {
    if (!this.isOutdated()) return false;
    this.#screen.dropOutdated();
    return true;
  }

  /** False: the screen reads too slowly, and will ask again. */
  #send(message: SharedMessage<'desk-changed'>): boolean {
    const { watchId } = this.#asked;
    return this.#screen.outbox.offer(watchId, message.packetFor(watchId));
  }
}
