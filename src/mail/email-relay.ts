// Sends e-mails about accounts.
import { composeAccountEmail, type Sender } from './compose-account-email.ts';
import type { EmailEnd, EmailQueue, TakenEmail } from './email-queue-port.ts';
import type { Outcome } from './lease-queue-port.ts';
import { type LeasedParts, LeasedSender, type SenderGauges } from './leased-sender.ts';
import type { Mailer, MailerAnswer, Message } from './mailer.ts';
import { deadlineOf, later } from './retries.ts';

/** Someone waits for each: if this node does not reach the mail server, others have the rest. */
const MOST_TAKEN = 10;
export const MOST_AT_ONCE = 5;

type Leaving = { readonly taken: TakenEmail; readonly mail: Message };
type Sending = LeasedParts<TakenEmail, Leaving, EmailEnd>;
export type RelayParts = Pick<Sending, 'isOutage' | 'log' | 'lookEveryMs' | 'measureEveryMs' | 'leaseMs' | 'stopLimitMs'> & {
  readonly queue: EmailQueue;
  readonly mailer: Mailer;
  /** Asked for every e-mail, since the business may change its name. */
  readonly sender: () => Sender;
  readonly firstDelayMs?: number;
};

/** Every node with a mail server has one. */
export class EmailRelay implements AsyncDisposable {
  readonly #parts: RelayParts;
  readonly #sender: LeasedSender<TakenEmail, Leaving, EmailEnd>;
  #failed = 0;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#sender = new LeasedSender({
      ...parts,
      mostTaken: MOST_TAKEN,
      mostAtOnce: MOST_AT_ONCE,
      leaseOf: ({ id, attempts }) => ({ id, attempts }),
      judge: (taken) => this.#judge(taken),
      prepare: async (leaving) => leaving,
      outcomeOf: (answer, { taken }) => this.#outcomeOf(answer, taken),
    });
  }

  /** `failed` since this process began. */
  gauges(): SenderGauges & { readonly failed: number } {
    return { ...this.#sender.gauges(), failed: this.#failed };
  }

  /** An e-mail has been written: looks at once, without waiting for the outcome. */
  nudge(): void {
    this.#sender.nudge();
  }

  /** Finishes what is being sent, within a limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender[Symbol.asyncDispose]();
    this.#parts.mailer.close();
  }

  #judge(taken: TakenEmail): Leaving | Outcome<EmailEnd> {
    if (taken.takenAt >= deadlineOf(taken)) return this.#givenUp(taken, tooLate(taken));
    const mail = composeAccountEmail(taken, this.#parts.sender());
    return typeof mail === 'string' ? this.#givenUp(taken, mail) : { taken, mail };
  }

  #outcomeOf(answer: MailerAnswer | null, taken: TakenEmail): Outcome<EmailEnd> {
    if (answer === null) throw new Error('a relay has a mail server');
    if (answer.type === 'accepted') return { status: 'sent', failure: null };
    if (answer.type === 'refused') return this.#givenUp(taken, answer.reason);
    const again = later(answer.reason, taken.attempts, this.#parts.firstDelayMs);
    return { ...again, delayMs: Math.min(again.delayMs, deadlineOf(taken) - taken.takenAt) };
  }

  #givenUp({ id: emailId, topic, attempts }: TakenEmail, reason: string): Outcome<EmailEnd> {
    this.#failed += 1;
    this.#parts.log.warn({ emailId, topic, attempts, reason }, 'an e-mail has been given up');
    return { status: 'failed', failure: reason };
  }
}

/** With the reason why it could not be sent before, if there was an attempt. */
function tooLate({ takenAt, tokenExpiresAt, failure }: TakenEmail): string {
  const late = tokenExpiresAt !== null && tokenExpiresAt <= takenAt ? 'link-expired' : 'too-old';
  return failure === null ? late : `${late} (${failure})`;
}
