// The desk's input for a new appointment. It survives closing the panel, another time and a reload, until it is booked.
import { computed } from '@preact/signals';
import type { Answers } from '../../src/model/questions.ts';
import { session } from '../kit/session.ts';
import { keptInTab } from '../kit/tab-storage.ts';
import type { NewAppointment } from './commands.ts';

/** A customer with a record; `undefined` in a draft: a new customer, or a walk-in. */
export type KnownCustomer = { readonly id: string; readonly name: string; readonly email?: string; readonly phone?: string; readonly isBlocked: boolean };
type Typed = { readonly name: string; readonly email: string; readonly phone: string; readonly staffNotes: string };
export type Draft = Typed & { readonly known?: KnownCustomer | undefined /** To what the service asks. */; readonly answers?: Answers };
const NOTHING: Draft = { name: '', email: '', phone: '', staffNotes: '' };
/** With the id of the user who typed it, so that the next user of this screen does not see it. */
const kept = keptInTab<{ readonly by: string | null; readonly draft: Draft }>('slotkeeper-desk-draft-1', { by: null, draft: NOTHING });
const userId = computed(() => (session.value.state === 'in' ? session.value.user.id : null));

export const draft = computed<Draft>(() => (kept.value.by === userId.value ? kept.value.draft : NOTHING));

export function typeDraft(name: keyof Typed, value: string): void {
  kept.value = { by: userId.value, draft: { ...draft.value, [name]: value } };
}

export function answerDraft(answers: Answers): void {
  kept.value = { by: userId.value, draft: { ...draft.value, answers } };
}

/** What was typed of another customer goes. */
export function chooseKnown(known: KnownCustomer | undefined): void {
  kept.value = { by: userId.value, draft: { ...NOTHING, staffNotes: draft.value.staffNotes, known } };
}

export function forgetDraft(): void {
  kept.value = { by: null, draft: NOTHING };
}

/** Only what was booked: in the meantime the next one may have been begun. */
export function forgetDraftOf({ customer }: Pick<NewAppointment, 'customer'>): void {
  const { name, email, known } = draft.value;
  const isTheSame = known === undefined ? name.trim() === customer.name && email.trim() === (customer.email ?? '') : known.id === customer.id;
  if (isTheSame) forgetDraft();
}
