// Logging in, step by step. Pure: a step and what the server said give the next step.
import type { Problem } from './api.ts';
import { sentenceOf } from './problem-sentences.ts';

/** First who it is, then, for accounts with a second factor, the code. */
export type LoginStep = 'password' | 'code';

/** What the server says to a right password of an account with a second factor. */
const CODE_WANTED = 'second-factor-required';

/** The step after an answer. A wrong password behind a code leads back to the beginning; anything else stays where it is. */
export function nextStep(step: LoginStep, problem: Problem | undefined): LoginStep {
  return problem?.code === CODE_WANTED ? 'code' : step;
}

/** What is shown of an answer: that a code is wanted is no mistake of anybody. */
export function problemShown(step: LoginStep, problem: Problem | undefined): Problem | undefined {
  return step === 'password' && problem?.code === CODE_WANTED ? undefined : problem;
}

/** What was typed is the matter, and not how often, or the server. */
export function isWrongEntry({ code }: Problem): boolean {
  return code === 'unauthenticated' || code === 'invalid-request' || code === CODE_WANTED;
}

export function loginSentence(step: LoginStep, problem: Problem): string {
  if (isWrongEntry(problem)) return step === 'password' ? 'Wrong e-mail address or password.' : 'This code is wrong or has expired.';
  return sentenceOf(problem);
}
