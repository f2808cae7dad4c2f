// What people who work here do with messages: they read them and send them again.
import { randomUUIDv7 } from 'node:crypto';
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import { answeredBefore, type KeyReused, type ReplyKey, type StoredReply } from '../model/kept-replies.ts';
import type { Undelivered } from './delivery-report.ts';
import { isPersonal, type ListedMessage, resendOf, type StoredMessage } from './message.ts';
import type { MessageStore, MessageTransaction } from './message-store-port.ts';
import { isStillTrue } from './send-message.ts';

/** Of one message. Who did not get the third one has another address, or none. */
export const MOST_RESENDS = 3;

type Refusal =
  | { readonly code: 'not-found' | 'wrong-status'; readonly detail: string }
  | { readonly code: 'limit-reached'; readonly detail: string; readonly limit: string }
  | KeyReused;
type Answer = { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: Refusal };
type Request<T> = AuditSource & { readonly key: ReplyKey | null; readonly reply: (value: T) => StoredReply };

type MessagesParts = {
  readonly store: Pick<MessageStore, 'byId' | 'list' | 'changing' | 'declineReminders' | 'markUndelivered'>;
  readonly now: () => Instant;
};

export class Messages {
  readonly #parts: MessagesParts;
  readonly #listeners = new Set<() => void>();

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  /** Hears of messages that were added here and wait to be sent. */
  whenAdded(listener: () => void): void {
    this.#listeners.add(listener);
  }

  readonly list: MessageStore['list'] = (filter, limit, before) => this.#parts.store.list(filter, limit, before);

  byId(id: string): Promise<ListedMessage | undefined> {
    return this.#parts.store.byId(id);
  }

  /** `address`: the digest of the one that gets none, or gets them again. */
  async declineReminders(customerId: string, address: string, isDeclined: boolean): Promise<void> {
    await this.#parts.store.declineReminders(customerId, address, isDeclined);
  }

  /** Whose state has changed by it. */
  async markUndelivered(undelivered: Undelivered): Promise<readonly string[]> {
    return (await this.#parts.store.markUndelivered(undelivered)) ? [undelivered.id] : [];
  }

  /** As a new message, to the address that the customer has now, whatever is switched off and whatever was refused before. */
  async resend(id: string, request: Request<StoredMessage>): Promise<Answer> {
    const answer = await this.#parts.store.changing(async (transaction): Promise<Answer> => {
      const before = await answeredBefore(transaction, request.key);
      if (before !== undefined) return before;
      const message = await transaction.byId(id);
      if (message === undefined) return refused({ code: 'not-found', detail: 'There is no such message, or not any more.' });
      if (isPersonal(message)) return refused({ code: 'wrong-status', detail: 'What staff are told is not sent again.' });
      const first = resendOf(message) ?? message.id;
      const times = await transaction.resendsOf(first);
      const at = this.#parts.now();
      const whyNot = await this.#whyNotAgain(message, times, at, () => transaction.present(message.about.id));
      if (whyNot !== null) return refused(whyNot);
      const { kind, channel, locale, customerId, about } = message;
      const again = { id: randomUUIDv7(), key: `resend/${first}/${times + 1}`, kind, channel, locale, customerId, about, createdAt: at };
      await transaction.add(again);
      const subject = { kind: 'message', id: again.id, name: null } as const;
      await transaction.addAuditEntry(
        auditEntry(request, at, { action: 'message.resent', subject, after: { kind, appointmentId: about.id, resendOf: first } }),
      );
      const reply = request.reply({ ...again, status: 'waiting', attempts: 0, failure: null, rendered: null, sentAt: null, segments: null, deliveredAt: null });
      if (request.key !== null) await transaction.addReply(request.key, reply);
      return { outcome: 'saved', reply };
    });
    if (answer.outcome === 'saved') for (const listener of this.#listeners) listener();
    return answer;
  }

  async #whyNotAgain(message: StoredMessage, times: number, at: Instant, present: () => ReturnType<MessageTransaction['present']>): Promise<Refusal | null> {
    const { status, about, customerId } = message;
    if (customerId === null) return { code: 'wrong-status', detail: 'It went to a payer who has no appointment.' };
    if (status === 'waiting') return { code: 'wrong-status', detail: 'The message is still waiting to be sent.' };
    if (about.endsAt <= at) return { code: 'wrong-status', detail: 'The appointment is over.' };
    if (!isStillTrue(message, await present()))
      return { code: 'wrong-status', detail: 'The appointment has changed since: the message is no longer true. A newer one may be.' };
    if (times < MOST_RESENDS) return null;
    return { code: 'limit-reached', detail: `The message was sent again ${MOST_RESENDS} times already.`, limit: 'resends-per-message' };
  }
}

function refused(refusal: Refusal): Answer {
  return { outcome: 'refused', refusal };
}
