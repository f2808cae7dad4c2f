// What a business asks before an appointment, as fields. Loaded only where a service asks something.
import { type Answers, answerTo, choicesOf, LONGEST_ANSWER, type Question, questionsAsked, type WrongAnswer, wrongAnswer } from '../../src/model/questions.ts';
import { fieldError, type Problem } from './api.ts';
import { Field } from './field.tsx';
import { kitWords, say } from './language.ts';

type Props = {
  readonly questions: readonly Question[];
  readonly answers: Answers;
  readonly onAnswer: (answers: Answers) => void;
  /** Marks what is missing or does not fit. */
  readonly isChecked: boolean;
  /** Of the last try: a question that has changed in the meantime. */
  readonly problem?: Problem | undefined;
};

export function Questions({ questions, answers, onAnswer, isChecked, problem }: Props) {
  return questionsAsked(questions, answers).map((question) => {
    const wrong = isChecked ? wrongAnswer(question, answerTo(answers, question.text)) : undefined;
    const isRefused = fieldError(problem, `answers.${question.text}`) !== undefined;
    return (
      <Asked
        key={question.text}
        id={`question-${questions.indexOf(question)}`}
        question={question}
        value={answerTo(answers, question.text) ?? ''}
        onInput={(value) => onAnswer({ ...answers, [question.text]: value })}
        wrong={wrong === undefined ? (isRefused ? kitWords.value.question.unfit : undefined) : sentenceOf(wrong, question)}
      />
    );
  });
}

type AskedProps = {
  readonly id: string;
  readonly question: Question;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly wrong: string | undefined;
};

function Asked({ id, question, value, onInput, wrong }: AskedProps) {
  const { text, kind, options, required } = question;
  const shared = {
    id,
    name: id,
    'aria-invalid': wrong !== undefined,
    'aria-required': required,
    ...(wrong !== undefined && { 'aria-describedby': `${id}-wrong` }),
  };
  if (kind === 'text' || kind === 'long-text' || kind === 'number')
    return (
      <Field
        id={id}
        label={text}
        value={value}
        onInput={onInput}
        wrong={wrong}
        isOptional={!required}
        isLong={kind === 'long-text'}
        mode={kind === 'number' ? 'decimal' : 'text'}
      />
    );
  if (kind === 'yes-no')
    return (
      <fieldset class="field yes-no" aria-invalid={wrong !== undefined} {...(wrong !== undefined && { 'aria-describedby': `${id}-wrong` })}>
        <legend class="label">
          <Label question={question} />
        </legend>
        <div class="yes-no-answers">
          {choicesOf(question).map((answer, index) => (
            <label key={answer} class="yes-no-answer">
              <input
                {...(index === 0 && { id })}
                type="radio"
                name={id}
                checked={value === answer}
                aria-invalid={wrong !== undefined}
                onChange={() => onInput(answer)}
              />
              {spokenAnswer(question.kind, answer)}
            </label>
          ))}
        </div>
        <Wrong id={id}>{wrong}</Wrong>
      </fieldset>
    );
  return (
    <div class="field">
      <label for={id}>
        <Label question={question} />
      </label>
      {kind === 'date' ? (
        <input {...shared} type="date" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <select {...shared} value={value} onChange={(event) => onInput(event.currentTarget.value)}>
          <option value="">{kitWords.value.question.choose}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
      <Wrong id={id}>{wrong}</Wrong>
    </div>
  );
}

function Label({ question: { text, required } }: { readonly question: Question }) {
  return (
    <>
      {text} {!required && <span class="optional">{kitWords.value.optional}</span>}
    </>
  );
}

function Wrong({ id, children }: { readonly id: string; readonly children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <p class="wrong" id={`${id}-wrong`}>
      {children}
    </p>
  );
}

function sentenceOf(wrong: WrongAnswer, { kind }: Question): string {
  const { missing, tooLong, number, date, choose } = kitWords.value.question;
  switch (wrong) {
    case 'missing':
      return missing;
    case 'too-long':
      return say(tooLong, { count: LONGEST_ANSWER[kind === 'text' ? 'text' : 'long-text'] });
    case 'not-a-number':
      return number;
    case 'not-a-date':
      return date;
    case 'not-an-option':
    case 'not-yes-or-no':
      return choose;
    default:
      return wrong satisfies never;
  }
}

/** Only yes and no have words of their own. */
function spokenAnswer(kind: Question['kind'], answer: string): string {
  return kind === 'yes-no' ? kitWords.value.question[answer === 'yes' ? 'yes' : 'no'] : answer;
}

/** The answers that are sent: of what is asked, and not empty. `undefined`: something does not fit. */
export function answersToSend(questions: readonly Question[], answers: Answers): Answers | undefined {
  const asked = questionsAsked(questions, answers);
  if (asked.some((question) => wrongAnswer(question, answerTo(answers, question.text)) !== undefined)) return undefined;
  return given(asked, answers);
}

/** For those who may leave questions open. */
export function answersGiven(questions: readonly Question[], answers: Answers): Answers {
  return given(questionsAsked(questions, answers), answers);
}

function given(asked: readonly Question[], answers: Answers): Answers {
  const said = asked.map(({ text }) => [text, answerTo(answers, text)?.trim() ?? ''] as const);
  return Object.fromEntries(said.filter(([, answer]) => answer !== ''));
}
