// Sends e-mails about appointments, and of the day of staff: what each says is kept, and its budgets are counted, before it leaves.
import { z } from 'zod';
import type { JobKind } from '../jobs/job.ts';
import { type LeasedParts, LeasedSender, type SenderGauges } from '../mail/leased-sender.ts';
import type { MessageEnd, MessageQueue, Taken } from './message-queue-port.ts';
import { judge, type Leaving, outcomeOf, type SendingParts } from './send-message.ts';

/** Three statements for so many. More would keep what is urgent waiting. */
const MOST_TAKEN = 50;
export const MOST_AT_ONCE = 3;

/** `mailer`: null without a mail server; what would have been sent can be read in the list then. */
export type SenderParts = SendingParts &
  Pick<LeasedParts<Taken, Leaving, MessageEnd>, 'mailer' | 'isOutage' | 'log' | 'lookEveryMs' | 'leaseMs'> & {
    readonly queue: MessageQueue;
    /** A budget had no room for a message. */
    readonly onOverBudget: (budget: string, isNews: boolean) => void;
  };

/** Every node has one. */
export class MessageSender implements AsyncDisposable {
  readonly #sender: LeasedSender<Taken, Leaving, MessageEnd>;

  constructor(parts: SenderParts) {
    this.#sender = new LeasedSender({
      ...parts,
      mostTaken: MOST_TAKEN,
      mostAtOnce: MOST_AT_ONCE,
      leaseOf: ({ message: { id, attempts } }) => ({ id, attempts }),
      judge: (taken) => judge(parts, taken),
      prepare: (leaving) => prepare(parts, leaving),
      outcomeOf: (answer, _, { attempts }) => (answer === null ? { status: 'skipped', failure: 'no-mail-server' } : outcomeOf(answer, attempts)),
    });
  }

  gauges(): SenderGauges {
    return this.#sender.gauges();
  }

  /** Something may be due: looks at once, without waiting for the outcome. */
  readonly nudge = (): void => this.#sender.nudge();

  /** Finishes what is being sent, within a limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sender[Symbol.asyncDispose]();
  }
}

/** Those that a budget has room for. The others have their end. */
async function prepare({ queue, mailer, onOverBudget }: SenderParts, leaving: readonly Leaving[]): Promise<readonly Leaving[]> {
  const spent = await queue.prepare(leaving.map(({ prepared }) => (mailer === null ? { ...prepared, shares: null } : prepared)));
  for (const { full, isNews } of spent) if (full !== null) onOverBudget(full, isNews);
  return leaving.filter((_, index) => spent[index]?.full === null);
}

const ADOPTING = { atOnce: 3, expireSeconds: 60, retries: { most: 70, firstDelaySeconds: 5, longestDelaySeconds: 1_800 }, schedule: null } as const;

/** An earlier version asked for each e-mail with a job. What it has left is handed to the sender; nodes of both versions can run side by side. */
export function adoptMessageJob(queue: Pick<MessageQueue, 'adopt'>, onAdopted: () => void): JobKind<{ readonly messageId: string }> {
  return {
    ...{ name: 'send-message', payload: z.strictObject({ messageId: z.uuid() }), ...ADOPTING },
    async work({ messageId }) {
      await queue.adopt(messageId);
      onAdopted();
    },
  };
}
