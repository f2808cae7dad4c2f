// The customer's input and hold, kept through a reload and through changes of the hold. In this tab only, until it is booked.
import type { Answers } from '../../src/model/questions.ts';
import type { HoldReply } from '../../src/protocol/holds.ts';
import { keptInTab } from '../kit/tab-storage.ts';

export type Details = { readonly name: string; readonly email: string; readonly phone: string; readonly notes: string };
/** A hold with the token that shows whose it is. */
export type DraftHold = HoldReply & { readonly token: string };

const NOTHING: Details = { name: '', email: '', phone: '', notes: '' };

export const details = keptInTab('slotkeeper-details-1', NOTHING);
/** To the questions of services. Those of another service stay for as long as the form is not sent. */
export const answers = keptInTab<Answers>('slotkeeper-answers-1', {});
/** The hold of the form; null while a time is being chosen. */
export const draftHold = keptInTab<DraftHold | null>('slotkeeper-hold-1', null);

/** A voucher that was given; empty: none. */
export const voucherCode = keptInTab('slotkeeper-voucher-1', '');

export function forgetDraft(): void {
  voucherCode.value = '';
  details.value = NOTHING;
  answers.value = {};
  draftHold.value = null;
}
