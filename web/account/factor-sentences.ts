import type { Problem } from '../api.ts';
import { loginSentence } from '../login-steps.ts';

/** As at the login, where the same things are asked for. */
export function codeSentence(problem: Problem): string {
  return problem.code === 'forbidden' ? 'This code is not right, or not any more.' : loginSentence('code', problem);
}

export function passwordSentence(problem: Problem): string {
  return problem.code === 'forbidden' ? 'This is not your password.' : loginSentence('code', problem);
}

/** Where both are asked for, nobody is told which of them is wrong. */
export function actSentence(problem: Problem): string {
  return problem.code === 'forbidden' ? 'The password or the code is not right.' : loginSentence('code', problem);
}
