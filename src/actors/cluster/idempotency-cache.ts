import { RecentMap } from '../recent-map.ts';
import type { Answer, RequestKey } from '../scheduler.ts';

/** Requests of one node that wait for an answer; beyond that, the answer is `overloaded` at once. */
const OPEN_REQUESTS_LIMIT = 2_000;
/** Answers kept in memory, so that most repeats never reach a calendar. The database has the others. */
const REMEMBERED_ANSWERS = 5_000;

type Known = { readonly fingerprint: string; readonly answer: Promise<Answer> };

/** The requests this node is working on or has just answered. A repeat attaches to the first. */
export class IdempotencyCache {
  readonly #open = new Map<string, Known>();
  readonly #answered = new RecentMap<string, Known>(REMEMBERED_ANSWERS);
  #openCount = 0;

  get openCount(): number {
    return this.#openCount;
  }

  /** Runs `perform` unless the same request is known. A null request has no key and always runs. */
  answer(request: RequestKey | null, perform: () => Promise<Answer>): Promise<Answer> {
    const name = request === null ? null : `${request.caller}\n${request.key}`;
    const known = name === null ? undefined : (this.#open.get(name) ?? this.#answered.get(name));
    if (known !== undefined) {
      if (known.fingerprint !== request?.fingerprint) return Promise.resolve({ outcome: 'no', refusal: { code: 'idempotency-key-reused' }, replayed: true });
      return known.answer.then(asRepeat);
    }
    if (this.#openCount >= OPEN_REQUESTS_LIMIT) return Promise.resolve({ outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 });
    this.#openCount += 1;
    const asked: Known = { fingerprint: request?.fingerprint ?? '', answer: perform() };
    if (name !== null) this.#open.set(name, asked);
    return asked.answer.then(
      (given) => {
        if (name !== null && isFinal(given)) this.#answered.set(name, asked);
        this.#close(name);
        return given;
      },
      (failure: unknown) => {
        this.#close(name);
        throw failure;
      },
    );
  }

  #close(name: string | null): void {
    this.#openCount -= 1;
    if (name !== null) this.#open.delete(name);
  }
}

/** The refusal for a reused key is not the answer of the key. */
function isFinal(answer: Answer): boolean {
  return answer.outcome === 'ok' || (answer.outcome === 'no' && answer.refusal.code !== 'idempotency-key-reused');
}

function asRepeat(answer: Answer): Answer {
  return answer.outcome === 'ok' || answer.outcome === 'no' ? { ...answer, replayed: true } : answer;
}
