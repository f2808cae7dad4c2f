// What sending text messages needs of its storage, beside what all messages need. `persistence/messages/sms-store.ts` implements it.
import type { Instant } from '../model/instant.ts';
import type { MessageStatus, StoredMessage } from './message.ts';
import type { SmsReport } from './sms-port.ts';
import type { SmsText } from './sms-text.ts';

/** An appointment as it is when a text about it is sent. `phone`: in E.164; null where none is certain, or it was erased. `source`: as of an e-mail. */
export type PresentForSms = { readonly status: string; readonly startsAt: Instant; readonly phone: string | null; readonly source: string | null };
/** `waiting`: it is tried again, and nothing was sent. */
export type SmsOutcome = { readonly status: MessageStatus; readonly failure: string | null; readonly providerId?: string | null };
/** A customer has said that they want no more messages, or want them again. `id`: what said so; the same one counts once. */
type SmsConsent = { readonly id: string; readonly number: string; readonly isOptedOut: boolean };

export type SmsStore = {
  /** `waitsUntil`: the end of quiet hours. `isDispatched`: a provider has been asked for it, and its answer is not known. */
  byId(id: string): Promise<{ readonly message: StoredMessage; readonly waitsUntil: Instant | null; readonly isDispatched: boolean } | undefined>;
  present(appointmentId: string): Promise<PresentForSms | undefined>;
  isOptedOut(number: string): Promise<boolean>;
  /** Does nothing for an id that was there before: what is sent twice does not undo what came after it. */
  keepConsent(consent: SmsConsent): Promise<void>;
  keepText(id: string, to: string, text: SmsText): Promise<void>;
  /** Notes that a provider is about to be asked. */
  dispatch(id: string): Promise<void>;
  /** Counts an attempt. Does nothing to a message that has an end already. */
  settle(id: string, outcome: SmsOutcome): Promise<void>;
  /** What a provider says later. An end that it reported stays, whatever comes late or twice. False: there is no such message. */
  report(report: SmsReport): Promise<boolean>;
};
