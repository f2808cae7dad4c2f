import { login } from '../world/shop.ts';

/** An access token lives 15 minutes; the next one is fetched well before. */
const REFRESH_MS = 8 * 60_000;
/** The node that is asked may be down. */
const RETRY_MS = 5_000;

/** The account of all desks and integrations, logged in for as long as the run takes. */
export class DeskLogin implements Disposable {
  readonly #urlNow: () => string;
  #token: string;
  #timer: NodeJS.Timeout;

  constructor(token: string, urlNow: () => string) {
    this.#token = token;
    this.#urlNow = urlNow;
    this.#timer = setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  static async open(urlNow: () => string): Promise<DeskLogin> {
    return new DeskLogin(await login(urlNow()), urlNow);
  }

  get token(): string {
    return this.#token;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    const fresh = await login(this.#urlNow()).catch(() => undefined);
    this.#token = fresh ?? this.#token;
    this.#timer = setTimeout(() => void this.#refresh(), fresh === undefined ? RETRY_MS : REFRESH_MS);
  }
}
