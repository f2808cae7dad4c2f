// How events of the double travel: as they come, or with all that a network does to them, by a seed.

/** How an event is delivered; false: it was not taken, and comes again. */
export type Deliver = (body: string) => Promise<boolean>;
/** Shares from 0 to 1 of what goes wrong. */
export type Weather = { readonly drop: number; readonly duplicate: number; readonly delay: number };

const FINE: Weather = { drop: 0, duplicate: 0, delay: 0 };
/** Events that wait are dropped beyond this, the oldest first: who relies on them alone loses some, as with Stripe after three days. */
const MOST_WAITING = 1_000;

export class Deliveries {
  readonly #weather: Weather;
  readonly #chance: () => number;
  #waiting: string[] = [];
  readonly #onAdded: () => void;

  constructor(weather: Weather = FINE, chance: () => number = () => 1, onAdded: () => void = () => undefined) {
    this.#weather = weather;
    this.#chance = chance;
    this.#onAdded = onAdded;
  }

  add(body: string): void {
    if (this.#chance() < this.#weather.drop) return;
    const at = this.#chance() < this.#weather.delay ? Math.floor(this.#chance() * this.#waiting.length) : this.#waiting.length;
    this.#waiting.splice(at, 0, body);
    if (this.#chance() < this.#weather.duplicate) this.#waiting.push(body);
    this.#waiting = this.#waiting.slice(-MOST_WAITING);
    this.#onAdded();
  }

  /** At most `limit` of those that wait, or all. What is not taken waits on. */
  async deliver(deliver: Deliver, limit = MOST_WAITING): Promise<void> {
    for (const body of this.#waiting.splice(0, limit)) if (!(await deliver(body))) this.#waiting.push(body);
  }
}
