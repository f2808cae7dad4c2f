// The code that proves a guest's e-mail address, if the business requires it. It is for one hold and one address.
import { batch, signal } from '@preact/signals';
import type { ProofSentReply } from '../../src/protocol/holds.ts';
import { announce } from '../kit/announcing.tsx';
import { ask, type Problem } from '../kit/api.ts';
import { say } from '../kit/language.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { session } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import type { DraftHold } from './draft.ts';
import { bookProblem } from './keeping.ts';
import { words } from './languages.ts';

/** An e-mail takes some seconds; impatient users would use up the three codes of a hold. */
const RESEND_AFTER_MILLISECONDS = 30_000;

type Sent = { readonly holdId: string; readonly email: string /** When another one may be asked for, on this page's own clock. */; readonly againAt: number };
const sent = signal<Sent | undefined>(undefined);
export const code = signal('');
export const isSendingCode = signal(false);
/** Why there is no code. */
export const codeProblem = signal<Problem | undefined>(undefined);

/** The server may require a code even if the page was opened before the business did. */
export function needsCode(): boolean {
  if (session.value.state === 'in') return false;
  return (
    (shop.value.state === 'ready' && shop.value.value.business.guestProof === 'email') ||
    bookProblem.value?.code === 'proof-required' ||
    sent.value !== undefined
  );
}

/** The code that was sent for this hold and this address, if one was. */
export function sentCode(hold: DraftHold, email: string): Sent | undefined {
  return sent.value?.holdId === hold.id && sent.value.email === email.trim() ? sent.value : undefined;
}

/** Clears the code for another time. */
export function forgetCode(): void {
  code.value = '';
  codeProblem.value = undefined;
}

export function codeSentence(problem: Problem): string {
  return problem.code === 'limit-reached' ? words.value.proof.noMore : sentenceOf(problem);
}

export async function sendCode(hold: DraftHold, typed: string): Promise<void> {
  if (isSendingCode.value) return;
  const email = typed.trim();
  isSendingCode.value = true;
  const answer = await ask<ProofSentReply>('POST', `/v1/holds/${hold.id}/proof`, { headers: { 'hold-token': hold.token }, body: { email } });
  batch(() => {
    isSendingCode.value = false;
    codeProblem.value = answer.ok ? undefined : answer.problem;
    bookProblem.value = undefined;
    if (!answer.ok) return;
    code.value = '';
    sent.value = { holdId: hold.id, email, againAt: performance.now() + RESEND_AFTER_MILLISECONDS };
  });
  if (answer.ok) announce(say(words.value.proof.announced, { email }));
}
