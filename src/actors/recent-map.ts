/**
 * A map that drops its oldest entries. It keeps two generations of at most `limit` entries each and drops one at a time, because deleting the
 * oldest keys of one large Map walks over the slots of those deleted before.
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

  /** The entries, the newer generation last. */
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
