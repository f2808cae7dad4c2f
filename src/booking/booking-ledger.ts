// Bookings that are under way, counted by all nodes together, so that of many at once no more get through than there are places.
import type { CounterSpace } from '../limits/rate-limits.ts';

/** A calendar answers within ten seconds or says that it does not know; by then what it does is in the database for certain. */
const LIFE_MS = 60_000;

/** A booking under way: the appointment it is to make, and where it comes from. */
export type BookingUnderWay = { readonly id: string; readonly source: string };
/** In the order of `turn` they have entered. */
export type EnteredBooking = BookingUnderWay & { readonly turn: number };
/**
 * `id`: the appointment that all copies of the request make. `turn`: their place in the order. `isFirst`: whether this is the first copy, whose it is to
 * leave. `underWay`: how many requests there are under the fullest of the names, this one included.
 */
export type Entered = { readonly id: string; readonly turn: number; readonly isFirst: boolean; readonly underWay: number };

/** Redis' own clock, so that nodes need not agree about the time. */
const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** What the first copy has written is that of all. The last key is that of the order. */
const ENTER = `${NOW}
local place, life, most, known = ARGV[1], tonumber(ARGV[3]), 0, false
for each = 1, #KEYS - 1 do known = known or redis.call('HGET', KEYS[each], place) end
local entry = known or string.format('%d %d ', now + life, redis.call('INCR', KEYS[#KEYS])) .. ARGV[2]
for each = 1, #KEYS - 1 do
  redis.call('HSET', KEYS[each], place, entry)
  redis.call('PEXPIRE', KEYS[each], life)
  most = math.max(most, redis.call('HLEN', KEYS[each]))
end
return {entry, known and 1 or 0, most}`;

const LIST = `${NOW}
local lists = {}
for each = 1, #KEYS do
  local entries, list = redis.call('HGETALL', KEYS[each]), {}
  for at = 1, #entries, 2 do
    if tonumber(string.match(entries[at + 1], '^%d+')) > now then list[#list + 1] = entries[at + 1]
    else redis.call('HDEL', KEYS[each], entries[at]) end
  end
  lists[each] = list
end
return lists`;

const LEAVE = `for each = 1, #KEYS do redis.call('HDEL', KEYS[each], ARGV[1]) end return 0`;

const ORDER = 'order';

type Entry = { readonly booking: EnteredBooking; readonly endsAt: number };

/**
 * A booking enters before the appointments in the database are counted, and leaves when it is there or has come to nothing. So every count sees every
 * other booking either here or in the database, and may see it in both: ids tell. What is missed ends by itself after LIFE_MS. While the shared
 * counters do not answer a node sees its own only, and each node lets as many more through as are under way elsewhere.
 */
export class BookingLedger {
  readonly #shared: CounterSpace | null;
  readonly #now: () => number;
  #turns = 0;
  readonly #here = new Map<string, Map<string, Entry>>();

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(shared: CounterSpace | null, now: () => number = () => performance.now()) {
    this.#shared = shared;
    this.#now = now;
  }

  /** `place` is the same for all copies of a request. */
  async enter(names: readonly string[], place: string, booking: BookingUnderWay): Promise<Entered> {
    const answer = await this.#ask(ENTER, [...names, ORDER], [place, `${booking.id} ${booking.source}`, String(LIFE_MS)]);
    if (!Array.isArray(answer)) return this.#enterHere(names, place, booking);
    const { id, turn } = bookingOf(String(answer[0]));
    return { id, turn, isFirst: Number(answer[1]) === 0, underWay: Number(answer[2]) };
  }

  /** What is under way under each of the names. */
  async list(names: readonly string[]): Promise<readonly (readonly EnteredBooking[])[]> {
    const answer = await this.#ask(LIST, names, []);
    if (Array.isArray(answer)) return answer.map((list: readonly string[]) => list.map(bookingOf));
    return names.map((name) => [...this.#liveHere(name).values()].map(({ booking }) => booking));
  }

  async leave(names: readonly string[], place: string): Promise<void> {
    for (const name of names) {
      const entries = this.#here.get(name);
      entries?.delete(place);
      if (entries?.size === 0) this.#here.delete(name);
    }
    await this.#ask(LEAVE, names, [place]);
  }

  #enterHere(names: readonly string[], place: string, booking: BookingUnderWay): Entered {
    const lists = names.map((name) => this.#liveHere(name));
    const known = lists.map((list) => list.get(place)).find((entry) => entry !== undefined);
    this.#turns += 1;
    const entry = known ?? { booking: { ...booking, turn: this.#turns }, endsAt: this.#now() + LIFE_MS };
    for (const [index, list] of lists.entries()) this.#here.set(names[index] ?? '', list.set(place, entry));
    const { id, turn } = entry.booking;
    return { id, turn, isFirst: known === undefined, underWay: Math.max(...lists.map((list) => list.size)) };
  }

  /** What has ended is at the front, as all of them last equally long. */
  #liveHere(name: string): Map<string, Entry> {
    const entries = this.#here.get(name) ?? new Map<string, Entry>();
    for (const [place, { endsAt }] of entries) {
      if (endsAt > this.#now()) break;
      entries.delete(place);
    }
    return entries;
  }

  /** `undefined`: the counters are not shared, or do not answer within their limit; then they may have counted all the same. */
  async #ask(script: string, names: readonly string[], words: readonly string[]): Promise<unknown> {
    if (this.#shared?.counters.isReady !== true) return undefined;
    const keys = names.map((name) => `${this.#shared?.namespace}:bookings:${name}`);
    return this.#shared.counters.eval(script, { keys, arguments: words }).catch(() => undefined);
  }
}

function bookingOf(text: string): EnteredBooking {
  const [, turn, id = '', source = ''] = text.split(' ');
  return { turn: Number(turn), id, source };
}
