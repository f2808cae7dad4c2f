// Who has which appointment open at the desks of a location. Nothing of it is stored: it ends with the connection, and what another node has told ends with the node.
// Between nodes go ids alone; each node reads the names for its own screens.
import type { NamedDay } from '../../booking/day-notes.ts';
import type { LookingReply } from '../../protocol/socket.ts';
import { SharedMessage } from './packets.ts';

/** One appointment that is open on a screen. */
export type Look = { readonly locationId: string; readonly userId: string; readonly appointmentId: string };
/** What colleagues of one person have open at one location. */
export class Seen {
  readonly looking: readonly LookingReply[];
  /** The same as text, for who asks whether it is something new. */
  readonly text: string;
  #message: SharedMessage<'desk-changed'> | undefined;

  constructor(looking: readonly LookingReply[]) {
    this.looking = looking;
    this.text = JSON.stringify(looking);
  }

  /** Put together once for all desks of that person. */
  get message(): SharedMessage<'desk-changed'> {
    this.#message ??= new SharedMessage('desk-changed', { looking: [...this.looking] });
    return this.#message;
  }
}

/** An open desk of this node. */
export type Desk = {
  readonly day: NamedDay;
  readonly userId: string;
  readonly name: string;
  readonly look: Look | undefined;
  see(seen: Seen): void;
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
  #telling: Promise<void> | undefined;
  #isCalledAgain = false;
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
  async seenBy(desk: Desk): Promise<Seen> {
    return (await this.#lookAround([desk]))(desk);
  }

  /** Something may be different: the desks here are told after a moment, and the other nodes. */
  nudge(): void {
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#tellOthers();
      this.#tellDesks();
    }, PAUSE_MILLISECONDS);
  }

  /** What the desks of another node show. */
  hear(nodeId: string, looks: readonly Look[]): void {
    this.#elsewhere.set(nodeId, { looks: looks.slice(0, MOST_LOOKS), heardAt: this.#needs.now() });
    this.#tellDesks();
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
    this.#tellDesks();
  }

  #tellOthers(): void {
    this.tell([...this.#desks].flatMap((desk) => desk.look ?? []).slice(0, MOST_LOOKS));
  }

  /** One round at a time, so that no desk hears of what was before. */
  #tellDesks(): void {
    this.#isCalledAgain = true;
    this.#telling ??= this.#tellInRounds().finally(() => {
      this.#telling = undefined;
    });
  }

  async #tellInRounds(): Promise<void> {
    try {
      while (this.#isCalledAgain) {
        this.#isCalledAgain = false;
        const desks = [...this.#desks];
        const seenBy = await this.#lookAround(desks);
        for (const desk of desks) if (this.#desks.has(desk)) desk.see(seenBy(desk));
      }
    } catch (failure) {
      // They are told with the next round.
      this.#needs.onFailure(failure);
    }
  }

  /** What each of these desks sees. Looks are put in order once for all of them: a person may have many desks, and a location as well. */
  async #lookAround(desks: readonly Desk[]): Promise<(desk: Desk) => Seen> {
    const at = new Set(desks.map(({ day }) => day.locationId));
    const all = [...[...this.#desks].flatMap(({ look }) => look ?? []), ...[...this.#elsewhere.values()].flatMap(({ looks }) => looks)];
    const there = all.filter(({ locationId }) => at.has(locationId));
    const once = [...new Map(there.map((look) => [`${look.locationId} ${look.appointmentId} ${look.userId}`, look])).values()];
    const names = await this.#namesOf(new Set(once.map(({ userId }) => userId)));
    const named = once.flatMap((look): NamedLook[] => {
      const name = names.get(look.userId);
      return name === undefined ? [] : [{ ...look, name }];
    });
    named.sort(inOrder);
    const byLocation = Map.groupBy(named, ({ locationId }) => locationId);
    const seen = new Map<string, Seen>();
    return ({ day: { locationId }, userId }) => {
      const whose = `${locationId} ${userId}`;
      const known = seen.get(whose) ?? new Seen(lookingOf(byLocation.get(locationId) ?? [], userId));
      seen.set(whose, known);
      return known;
    };
  }

  async #namesOf(userIds: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const names = new Map(Array.from(this.#desks, ({ userId, name }) => [userId, name]));
    const strangers = [...userIds].filter((userId) => !names.has(userId));
    for (const [userId, name] of await Promise.all(strangers.map(async (userId) => [userId, await this.#nameOf(userId)] as const)))
      if (name !== undefined) names.set(userId, name);
    return names;
  }

  /** Of who is at a desk of another node. */
  async #nameOf(userId: string): Promise<string | undefined> {
    const known = this.#names.get(userId);
    if (known !== undefined) return known;
    const name = await this.#needs.nameOf(userId);
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    if (name !== undefined) this.#names.set(userId, name);
    return name;
  }
}

type NamedLook = Look & { readonly name: string };

/** What this person is told of them: not their own. */
function lookingOf(looks: readonly NamedLook[], ownId: string): readonly LookingReply[] {
  const looking: LookingReply[] = [];
  for (const { userId, appointmentId, name } of looks) {
    if (looking.length >= MOST_TOLD) break;
    if (userId !== ownId) looking.push({ appointmentId, name });
  }
  return looking;
}

function inOrder(one: LookingReply, other: LookingReply): number {
  return one.appointmentId.localeCompare(other.appointmentId) || one.name.localeCompare(other.name);
}
