import type { Problem } from '../../kit/api.ts';
import type { ProblemWords } from '../../kit/words/problem-words.ts';

/** Problems that staff can meet and customers cannot, in another language than English; `other` as it is said to staff. */
export type StaffProblems = Readonly<Record<Exclude<Problem['code'], keyof ProblemWords> | 'other', string>>;
