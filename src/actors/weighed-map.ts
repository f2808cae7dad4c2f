type Weighed<Value> = { readonly value: Value; readonly weight: number };

/** A map that forgets what was set or read longest ago once all it has together weighs more than it may. What alone weighs more is not kept. */
export class WeighedMap<Key, Value> {
  readonly #most: number;
  /** In the order of their last use. */
  readonly #kept = new Map<Key, Weighed<Value>>();
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: Key): Value | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  set(key: Key, value: Value, weight: number): void {
    this.delete(key);
    if (weight > this.#most) return;
    this.#kept.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#kept.keys()) {
      if (this.#weight <= this.#most) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#weight -= this.#kept.get(key)?.weight ?? 0;
    this.#kept.delete(key);
  }
}
