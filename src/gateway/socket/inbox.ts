import { MAX_WAITING_MESSAGES, MESSAGES_A_TURN } from './limits.ts';
import type { Screen } from './screen.ts';

type Waiting = { readonly screen: Screen; readonly answer: () => void };

/**
 * Messages that have come in and wait to be answered: so many in each turn of the event loop, and sources take turns. So a flood from many connections at once
 * holds up no timer, no request and no message of somebody else. A connection with many that wait is not read from until they are answered.
 */
export class Inbox {
  /** In the order in which sources have their turn. */
  readonly #bySource = new Map<string, Waiting[]>();
  #isRunning = false;

  /** `answer` is called in a later turn, after those of the same source that came before. */
  add(screen: Screen, answer: () => void): void {
    const { name } = screen.source.at(-1) ?? screen.source[0];
    const waiting = this.#bySource.get(name) ?? [];
    waiting.push({ screen, answer });
    this.#bySource.set(name, waiting);
    screen.waiting += 1;
    if (screen.waiting === MAX_WAITING_MESSAGES) screen.pauseReading();
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    for (let answered = 0; answered < MESSAGES_A_TURN; answered += 1) {
      const [first] = this.#bySource;
      if (first === undefined) {
        this.#isRunning = false;
        return;
      }
      const [name, waiting] = first;
      this.#bySource.delete(name);
      const next = waiting.shift();
      if (waiting.length > 0) this.#bySource.set(name, waiting);
      if (next === undefined) continue;
      next.screen.waiting -= 1;
      if (next.screen.waiting === 0) next.screen.goOnReading();
      next.answer();
    }
    setImmediate(() => this.#turn());
  }
}
