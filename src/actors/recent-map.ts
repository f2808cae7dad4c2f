/**
 * A map that forgets what was set longest ago. It keeps two generations of at most `limit` entries each, so that forgetting costs nothing:
 * deleting the oldest key of one large Map, one at a time, walks over the places of those deleted before.
 */
export class RecentMap<Key, Value> {
  readonly #limit: number;
  #current = new Map<Key, Value>();
  #previous = new Map<Key, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: Key): Value | undefined {
    return this.#current.get(key) ?? this.#previous.get(key);
  }

  /** What is kept, the newer generation last. */
  *entries(): Iterable<readonly [Key, Value]> {
    for (const entry of this.#previous) if (!this.#current.has(entry[0])) yield entry;
    yield* this.#current;
  }

  set(key: Key, value: Value): void {
    if (this.#current.size >= this.#limit && !this.#current.has(key)) {
      this.#previous = this.#current;
      this.#current = new Map();
    }
    this.#current.set(key, value);
  }
}
