// Who has which appointment open at the desks of a location. Nothing of it is stored: it ends with the connection, and what another node has told ends with the node.
// Between nodes go ids alone; each node reads the names for its own screens.
import type { NamedDay } from '../../booking/day-notes.ts';
import type { LookingReply } from '../../protocol/socket.ts';

/** One appointment that is open on a screen. */
export type Look = { readonly locationId: string; readonly userId: string; readonly appointmentId: string };
/** An open desk of this node. */
export type Desk = {
  readonly day: NamedDay;
  readonly userId: string;
  readonly name: string;
  readonly look: Look | undefined;
  see(looking: readonly LookingReply[]): void;
  noteChanged(version: number): void;
};

/** Someone who goes through a list opens several in a second; colleagues see where they stay. */
const PAUSE_MILLISECONDS = 150;
/** How often a node says again what its desks show, for those that have missed it. */
const AGAIN_MILLISECONDS = 10_000;
/** A node that was silent for so long has gone. */
const SILENT_MILLISECONDS = 25_000;
/** Of one node, and to one screen; more desks than that do not look at one location. */
const MOST_LOOKS = 500;
const MOST_TOLD = 100;
/** Names of people at desks of other nodes, kept so that they are rarely read. */
const MOST_NAMES = 500;

type Needs = {
  /** `undefined`: there is no such account any more. Rejects while the database does not answer. */
  readonly nameOf: (userId: string) => Promise<string | undefined>;
  readonly now: () => number;
  readonly onFailure: (failure: unknown) => void;
};

export class Together {
  readonly #needs: Needs;
  readonly #desks = new Set<Desk>();
  readonly #elsewhere = new Map<string, { readonly looks: readonly Look[]; readonly heardAt: number }>();
  readonly #names = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;
  /** Tells the other nodes; does nothing where there are none. */
  tell: (looks: readonly Look[]) => void = () => undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#timer = setInterval(() => this.#again(), AGAIN_MILLISECONDS);
  }

  /** From now on it is seen and sees, until the returned function is called. */
  join(desk: Desk): () => void {
    this.#desks.add(desk);
    this.nudge();
    return () => {
      if (this.#desks.delete(desk)) this.nudge();
    };
  }

  /** What colleagues of this desk have open, each name and appointment once. Rejects while the database does not answer. */
  async seenBy({ day, userId }: Desk): Promise<readonly LookingReply[]> {
    const own = [...this.#desks].flatMap((desk) => desk.look ?? []);
    const others = [...this.#elsewhere.values()].flatMap(({ looks }) => looks);
    const there = [...own, ...others].filter((look) => look.locationId === day.locationId && look.userId !== userId);
    const once = [...new Map(there.map((look) => [`${look.appointmentId} ${look.userId}`, look])).values()].slice(0, MOST_TOLD);
    const named = await Promise.all(once.map(async (look) => ({ appointmentId: look.appointmentId, name: await this.#nameOf(look.userId) })));
    return named.flatMap(({ appointmentId, name }) => (name === undefined ? [] : [{ appointmentId, name }])).sort(inOrder);
  }

  /** Something may be different: the desks here are told after a moment, and the other nodes. */
  nudge(): void {
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#tellOthers();
      void this.#tellDesks();
    }, PAUSE_MILLISECONDS);
  }

  /** What the desks of another node show. */
  hear(nodeId: string, looks: readonly Look[]): void {
    this.#elsewhere.set(nodeId, { looks: looks.slice(0, MOST_LOOKS), heardAt: this.#needs.now() });
    void this.#tellDesks();
  }

  noteChanged({ locationId, date }: NamedDay, version: number): void {
    for (const desk of [...this.#desks]) if (desk.day.locationId === locationId && desk.day.date === date) desk.noteChanged(version);
  }

  close(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#pause);
    this.#desks.clear();
    this.tell([]);
  }

  #again(): void {
    const silentSince = this.#needs.now() - SILENT_MILLISECONDS;
    for (const [nodeId, { heardAt }] of this.#elsewhere) if (heardAt < silentSince) this.#elsewhere.delete(nodeId);
    if (this.#desks.size > 0) this.#tellOthers();
    void this.#tellDesks();
  }

  #tellOthers(): void {
    this.tell([...this.#desks].flatMap((desk) => desk.look ?? []).slice(0, MOST_LOOKS));
  }

  async #tellDesks(): Promise<void> {
    try {
      for (const desk of [...this.#desks]) {
        const seen = await this.seenBy(desk);
        if (this.#desks.has(desk)) desk.see(seen);
      }
    } catch (failure) {
      // They are told with the next round.
      this.#needs.onFailure(failure);
    }
  }

  async #nameOf(userId: string): Promise<string | undefined> {
    const here = [...this.#desks].find((desk) => desk.userId === userId)?.name ?? this.#names.get(userId);
    if (here !== undefined) return here;
    const name = await this.#needs.nameOf(userId);
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    if (name !== undefined) this.#names.set(userId, name);
    return name;
  }
}

function inOrder(one: LookingReply, other: LookingReply): number {
  return one.appointmentId.localeCompare(other.appointmentId) || one.name.localeCompare(other.name);
}
