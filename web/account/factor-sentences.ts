import type { Problem } from '../kit/api.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';

/** The second factor was changed on another device meanwhile, or the set-up has expired. */
export function factorSentence(problem: Problem): string {
  return problem.code === 'wrong-status' ? 'That is no longer possible. Please reload the page and start again.' : sentenceOf(problem);
}
