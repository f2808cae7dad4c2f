// Login, step by step. Pure: a step and the server's reply give the next step.
import type { Problem } from './api.ts';
import { sentenceOf } from './problem-sentences.ts';
import { staffWords } from './staff-words.ts';

/** First the password, then the code, for accounts with a second factor. */
export type LoginStep = 'password' | 'code';

/** The server's reply to the right password of an account with a second factor. */
const CODE_WANTED = 'second-factor-required';

/** The step after an answer. A wrong password behind a code leads back to the beginning; anything else stays where it is. */
export function nextStep(step: LoginStep, problem: Problem | undefined): LoginStep {
  return problem?.code === CODE_WANTED ? 'code' : step;
}

/** The problem to show: the request for a code is not an error. */
export function problemShown(step: LoginStep, problem: Problem | undefined): Problem | undefined {
  return step === 'password' && problem?.code === CODE_WANTED ? undefined : problem;
}

/** True if the input was wrong, as opposed to a limit or the server. */
export function isWrongEntry({ code }: Problem): boolean {
  return code === 'unauthenticated' || code === 'invalid-request' || code === CODE_WANTED;
}

export function loginSentence(step: LoginStep, problem: Problem): string {
  if (isWrongEntry(problem)) return step === 'password' ? staffWords.value.login.wrongPassword : staffWords.value.login.wrongCode;
  return sentenceOf(problem);
}
