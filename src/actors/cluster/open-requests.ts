import type { Answer, RequestKey } from '../scheduler.ts';

/** Requests of one node that wait for their answer; past it, the answer is "overloaded" at once. */
export const OPEN_REQUESTS_LIMIT = 2_000;

/** The requests this node is working on. Asking again while the first is still in flight attaches to it. */
export class OpenRequests {
  readonly #open = new Map<string, { readonly fingerprint: string; readonly answer: Promise<Answer> }>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Runs `perform` unless the same request is running already. */
  async answer(request: RequestKey | null, perform: () => Promise<Answer>): Promise<Answer> {
    const name = request === null ? null : `${request.caller}\n${request.key}`;
    const running = name === null ? undefined : this.#open.get(name);
    if (running !== undefined) {
      if (running.fingerprint !== request?.fingerprint) return { outcome: 'no', refusal: { code: 'idempotency-key-reused' }, replayed: true };
      return asRepeat(await running.answer);
    }
    if (this.#count >= OPEN_REQUESTS_LIMIT) return { outcome: 'retry', reason: 'overloaded', retryAfterSeconds: 1 };
    this.#count += 1;
    const answer = perform().finally(() => {
      this.#count -= 1;
      if (name !== null) this.#open.delete(name);
    });
    if (name !== null && request !== null) this.#open.set(name, { fingerprint: request.fingerprint, answer });
    return answer;
  }
}

function asRepeat(answer: Answer): Answer {
  return answer.outcome === 'ok' || answer.outcome === 'no' ? { ...answer, replayed: true } : answer;
}
