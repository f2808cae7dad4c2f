import type { Problem } from '../api.ts';
import { sentenceOf } from '../problem-sentences.ts';

/** Something else was done to the second factor meanwhile, on another device, or too much time has passed. */
export function factorSentence(problem: Problem): string {
  return problem.code === 'wrong-status' ? 'That is no longer possible. Please reload the page and start again.' : sentenceOf(problem);
}
