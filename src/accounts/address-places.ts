import { addressGroups } from '../access/address-group.ts';

/** How many of something are there at the moment from one address, and from the networks around it. Counted by one process, for what it holds itself. */
export class AddressPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  /** `most`: of one address. */
  constructor(most: number) {
    this.#most = most;
  }

  hasRoomFor(address: string): boolean {
    return addressGroups(address).every(({ name, factor }) => (this.#taken.get(name) ?? 0) < Math.max(1, Math.floor(this.#most * factor)));
  }

  /** Takes a place, whether or not there is room; what it returns gives it back, once. */
  take(address: string): () => void {
    const names = new Set(addressGroups(address).map(({ name }) => name));
    for (const name of names) this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
    return () => {
      for (const name of names) this.#leave(name);
      names.clear();
    };
  }

  #leave(name: string): void {
    const left = (this.#taken.get(name) ?? 1) - 1;
    if (left > 0) this.#taken.set(name, left);
    else this.#taken.delete(name);
  }
}
