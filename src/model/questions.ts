// What a business asks before an appointment of a service: which questions are asked, and whether the answers fit. Server and pages judge by the same rules.
import type { FieldError } from './field-error.ts';
import { isLocalDate } from './local-dates.ts';

export const QUESTION_KINDS = ['text', 'long-text', 'choice', 'yes-no', 'number', 'date'] as const;
export type Question = {
  /** Also its name: an answer stands under it. */
  readonly text: string;
  readonly kind: (typeof QUESTION_KINDS)[number];
  /** Of a choice. */
  readonly options: readonly string[];
  readonly required: boolean;
  /** Asked only if an earlier question has this answer; null: always. */
  readonly shownWhen: { readonly question: string; readonly answer: string } | null;
};
/** Question → answer. */
export type Answers = { readonly [question: string]: string };
export type WrongAnswer = 'missing' | 'too-long' | 'not-an-option' | 'not-yes-or-no' | 'not-a-number' | 'not-a-date';

const YES_OR_NO = ['yes', 'no'];
const NUMBER = /^-?\d{1,12}([.,]\d{1,6})?$/;
/** Characters. */
export const LONGEST_ANSWER = { text: 200, 'long-text': 2_000 };

/** A question may have any name, such as `constructor`. */
export function answerTo(answers: Answers, question: string): string | undefined {
  return Object.hasOwn(answers, question) ? answers[question] : undefined;
}

/** What another question can depend on: the answers that can be chosen. */
export function choicesOf({ kind, options }: Pick<Question, 'kind' | 'options'>): readonly string[] {
  return kind === 'choice' ? options : kind === 'yes-no' ? YES_OR_NO : [];
}

/** A question whose own condition is not asked is not asked either. */
export function questionsAsked(questions: readonly Question[], answers: Answers): readonly Question[] {
  const asked: Question[] = [];
  for (const question of questions) {
    const { shownWhen } = question;
    const isAsked = shownWhen === null || (asked.some(({ text }) => text === shownWhen.question) && answerTo(answers, shownWhen.question) === shownWhen.answer);
    if (isAsked) asked.push(question);
  }
  return asked;
}

/** `undefined`: it fits. An empty answer is none. */
export function wrongAnswer({ kind, options, required }: Question, answer = ''): WrongAnswer | undefined {
  if (answer.trim() === '') return required ? 'missing' : undefined;
  switch (kind) {
    case 'text':
    case 'long-text':
      return answer.length > LONGEST_ANSWER[kind] ? 'too-long' : undefined;
    case 'choice':
      return options.includes(answer) ? undefined : 'not-an-option';
    case 'yes-no':
      return YES_OR_NO.includes(answer) ? undefined : 'not-yes-or-no';
    case 'number':
      return NUMBER.test(answer) ? undefined : 'not-a-number';
    case 'date':
      return isLocalDate(answer) ? undefined : 'not-a-date';
    default:
      return kind satisfies never;
  }
}

const MESSAGES: Readonly<Record<WrongAnswer, (question: Question) => string>> = {
  missing: () => 'must be answered',
  'too-long': ({ kind }) => `must have at most ${LONGEST_ANSWER[kind === 'text' ? 'text' : 'long-text']} characters`,
  'not-an-option': ({ options }) => `must be one of: ${options.join(', ')}`,
  'not-yes-or-no': () => 'must be yes or no',
  'not-a-number': () => 'must be a number, as in 42 or 3.5',
  'not-a-date': () => 'must be a date that exists, as in 2026-11-24',
};

/** What does not fit, by its place in a request. `mayLeaveOpen`: nothing has to be answered. */
export function wrongAnswers(questions: readonly Question[], answers: Answers, mayLeaveOpen: boolean): readonly FieldError[] {
  const asked = questionsAsked(questions, answers);
  const known = asked.flatMap((question) => {
    const wrong = wrongAnswer(question, answerTo(answers, question.text));
    if (wrong === undefined || (wrong === 'missing' && mayLeaveOpen)) return [];
    return [{ path: `answers.${question.text}`, message: MESSAGES[wrong](question) }];
  });
  const others = Object.keys(answers).filter((text) => !asked.some((question) => question.text === text));
  return [...known, ...others.map((text) => ({ path: `answers.${text}`, message: notAsked(questions, text) }))];
}

function notAsked(questions: readonly Question[], text: string): string {
  const condition = questions.find((question) => question.text === text)?.shownWhen;
  return condition == null ? 'is not a question of this service' : `is asked only if ${condition.question} is answered with ${condition.answer}`;
}

/** What is wrong with the questions themselves, by their place in a list of them. */
export function wrongQuestions(questions: readonly Question[]): readonly FieldError[] {
  return questions.flatMap((question, index) =>
    wrongQuestion(question, questions.slice(0, index)).map(({ path, message }) => ({ path: `${index}.${path}`, message })),
  );
}

function wrongQuestion({ text, kind, options, shownWhen }: Question, earlier: readonly Question[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (earlier.some((other) => other.text === text)) errors.push({ path: 'text', message: 'is asked already' });
  // No JSON object that is read can have it as a name.
  if (text === '__proto__') errors.push({ path: 'text', message: 'is a name that answers cannot have' });
  if (kind === 'choice' && options.length < 2) errors.push({ path: 'options', message: 'must have at least two' });
  if (kind !== 'choice' && options.length > 0) errors.push({ path: 'options', message: 'are for a choice only' });
  if (new Set(options).size !== options.length) errors.push({ path: 'options', message: 'must not contain duplicates' });
  if (shownWhen === null) return errors;
  const condition = earlier.find((other) => other.text === shownWhen.question);
  if (condition === undefined) errors.push({ path: 'shownWhen.question', message: 'must be an earlier question' });
  else if (!choicesOf(condition).includes(shownWhen.answer))
    errors.push({ path: 'shownWhen.answer', message: 'must be an answer that can be chosen there: an option, or yes or no' });
  return errors;
}
