import { type Instant, instant } from '../model/instant.ts';

/** Sessions that have ended while their last access token may still be good. Access tokens are not looked up anywhere, so this is what refuses them. */
export class EndedSessions {
  readonly #now: () => Instant;
  /** Of an access token, in milliseconds. */
  readonly life: number;
  /** With the time after which no access token of theirs can be good any more; in order of that time. */
  readonly #ended = new Map<string, Instant>();
  readonly #listeners = new Set<(sessionId: string) => void>();

  constructor(now: () => Instant, life: number) {
    this.#now = now;
    this.life = life;
  }

  has(sessionId: string): boolean {
    return this.#ended.has(sessionId);
  }

  /** Calls back whenever a session has ended here, so that others can be told. Returns how to stop. */
  onEnded(listener: (sessionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** They have ended here. */
  end(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) {
      this.heard(sessionId);
      for (const listener of this.#listeners) listener(sessionId);
    }
  }

  /** One has ended elsewhere. Nobody is called back. */
  heard(sessionId: string): void {
    const now = this.#now();
    for (const [ended, until] of this.#ended) {
      if (until > now) break; // the rest is later
      this.#ended.delete(ended);
    }
    this.#ended.delete(sessionId); // so that it moves to the end of the order
    this.#ended.set(sessionId, instant(now + this.life));
  }
}
