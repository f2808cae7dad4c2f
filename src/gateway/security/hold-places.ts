/** Under what places are counted, and how many there may be. */
export type Limited = { readonly name: string; readonly limit: number };
type Place = { readonly name: string; readonly member: string; readonly endsAt: number };

/** Places that one process counts for itself. */
export class HoldPlaces {
  readonly #now: () => number;
  /** In the order in which they end, as all holds live equally long: what has ended is at the front, and nobody has to look for it. */
  readonly #inOrder = new Map<string, Place>();
  readonly #byPerson = new Map<string, Set<string>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Which limit is reached, if one is, and what there is under the first name, the one that ends first at the front. */
  reserve(counted: readonly Limited[], member: string, lifeMilliseconds: number): { readonly index: number; readonly has: readonly string[] } | undefined {
    this.#dropEnded();
    const [first] = counted;
    const has = first && this.#byPerson.get(first.name);
    if (has?.has(member)) return undefined;
    const index = counted.findIndex(({ name, limit }) => (this.#byPerson.get(name)?.size ?? 0) >= limit);
    if (index >= 0) return { index, has: [...(has ?? [])] };
    if (lifeMilliseconds > 0) for (const { name } of counted) this.keep(name, member, lifeMilliseconds);
    return undefined;
  }

  keep(name: string, member: string, lifeMilliseconds: number): void {
    const endsAt = this.#now() + lifeMilliseconds;
    const key = keyOf(name, member);
    // A hold that cannot be renewed any more keeps its end, and so its place in the order.
    if ((this.#inOrder.get(key)?.endsAt ?? 0) >= endsAt) return;
    this.forget([name], member);
    this.#inOrder.set(key, { name, member, endsAt });
    const has = this.#byPerson.get(name) ?? new Set<string>();
    this.#byPerson.set(name, has.add(member));
  }

  forget(names: readonly string[], member: string): void {
    for (const name of names) {
      if (!this.#inOrder.delete(keyOf(name, member))) continue;
      const has = this.#byPerson.get(name);
      has?.delete(member);
      if (has?.size === 0) this.#byPerson.delete(name);
    }
  }

  #dropEnded(): void {
    const now = this.#now();
    for (const { name, member, endsAt } of this.#inOrder.values()) {
      if (endsAt > now) return;
      this.forget([name], member);
    }
  }
}

function keyOf(name: string, member: string): string {
  return `${name} ${member}`;
}
