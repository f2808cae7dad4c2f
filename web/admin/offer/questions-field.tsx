// The questions of a service, as they are written, with a look at what customers see.
import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import { type Answers, choicesOf, QUESTION_KINDS, type Question, wrongQuestions } from '../../../src/model/questions.ts';
import type { serviceChangeBody } from '../../../src/protocol/catalog.ts';
import type { Kind, Typed } from '../../kit/field-kinds.tsx';
import { counted } from '../../kit/money-and-time.ts';
import { Questions } from '../../kit/questions.tsx';

const KIND_WORDS: Readonly<Record<Question['kind'], string>> = {
  text: 'A line of text',
  'long-text': 'A longer text',
  choice: 'A choice from a list',
  'yes-no': 'Yes or no',
  number: 'A number',
  date: 'A date',
};
const NEW: Written = { text: '', kind: 'text', options: '', required: '', whenQuestion: '', whenAnswer: '' };

/** As it is typed. */
type Written = {
  readonly text: string;
  readonly kind: string;
  readonly options: string;
  readonly required: string;
  readonly whenQuestion: string;
  readonly whenAnswer: string;
};

/** As in a request, where the rest has defaults. */
type Sent = NonNullable<z.input<typeof serviceChangeBody>['questions']>;

export function questionsKind(): Kind<Sent> {
  return {
    isGroup: true,
    show: (questions) => questions.map(written),
    read: (typed) => {
      const questions = writtenIn(typed).map(questionOf);
      const unnamed = questions.findIndex(({ text }) => text === '');
      if (unnamed >= 0) return { wrong: `need another look: question ${unnamed + 1} has no words` };
      const [first] = wrongQuestions(questions);
      if (first === undefined) return { value: questions };
      const [place, ...field] = first.path.split('.');
      return { wrong: `need another look: in question ${Number(place) + 1} ${FIELD_WORDS[field[0] ?? ''] ?? 'the words'} ${first.message}` };
    },
    say: (questions) =>
      questions.length === 0 ? 'none' : `${counted(questions.length, 'question', 'questions')} (${questions.map(({ text }) => text).join(' ')})`,
    Input: QuestionsInput,
  };
}

const FIELD_WORDS: Readonly<Record<string, string>> = { options: 'the list', shownWhen: 'the condition' };

function writtenIn(typed: Typed): readonly Written[] {
  return Array.isArray(typed) ? typed.filter((one) => typeof one === 'object').map((one) => ({ ...NEW, ...(one as Partial<Written>) })) : [];
}

function written({ text, kind, options = [], required = false, shownWhen = null }: Sent[number]): Written {
  const when = { whenQuestion: shownWhen?.question ?? '', whenAnswer: shownWhen?.answer ?? '' };
  return { text, kind, options: options.join('\n'), required: required ? 'yes' : '', ...when };
}

function questionOf({ text, kind, options, required, whenQuestion, whenAnswer }: Written): Question {
  const known = QUESTION_KINDS.find((one) => one === kind) ?? 'text';
  const lines = options
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    text: text.trim(),
    kind: known,
    options: known === 'choice' ? lines : [],
    required: required === 'yes',
    shownWhen: whenQuestion === '' ? null : { question: whenQuestion, answer: whenAnswer },
  };
}

type InputProps = Parameters<Kind<Sent>['Input']>[0];

function QuestionsInput({ id, typed, onType }: InputProps) {
  const all = writtenIn(typed);
  const change = (index: number, part: Partial<Written>) => {
    const before = all[index]?.text.trim();
    onType(
      all.map((one, at) => {
        if (at === index) return { ...one, ...part };
        // What depends on a question follows it when it is reworded.
        const follows = part.text !== undefined && one.whenQuestion !== '' && one.whenQuestion === before;
        return follows ? { ...one, whenQuestion: part.text.trim() } : one;
      }),
    );
  };
  const moveUp = (index: number) => {
    const [moved] = all.slice(index, index + 1);
    if (moved !== undefined) onType([...all.slice(0, index - 1), moved, ...all.slice(index - 1, index), ...all.slice(index + 1)]);
  };
  return (
    <div class="stack">
      <ol class="asked-list">
        {all.map((one, index) => (
          <li key={index}>
            <OneQuestion id={`${id}-${index}`} one={one} earlier={all.slice(0, index).map(questionOf)} onChange={(part) => change(index, part)} />
            <div class="actions">
              {index > 0 && (
                <button type="button" class="button quiet" onClick={() => moveUp(index)}>
                  Move up<span class="only-heard">: question {index + 1}</span>
                </button>
              )}
              <button type="button" class="button quiet" onClick={() => onType(all.filter((_, at) => at !== index))}>
                Remove<span class="only-heard"> question {index + 1}</span>
              </button>
            </div>
          </li>
        ))}
      </ol>
      <div>
        <button type="button" class="button" id={all.length === 0 ? id : `${id}-add`} onClick={() => onType([...all, NEW])}>
          Add a question
        </button>
      </div>
      <Look questions={all.map(questionOf).filter(({ text }) => text !== '')} />
    </div>
  );
}

type OneProps = { readonly id: string; readonly one: Written; readonly earlier: readonly Question[]; readonly onChange: (part: Partial<Written>) => void };

function OneQuestion({ id, one, earlier, onChange }: OneProps) {
  return (
    <>
      <div class="record-row">
        <div class="field">
          <label for={`${id}-text`}>Question</label>
          <input id={`${id}-text`} type="text" autoComplete="off" value={one.text} onInput={(event) => onChange({ text: event.currentTarget.value })} />
        </div>
        <div class="field">
          <label for={`${id}-kind`}>Answer</label>
          <select id={`${id}-kind`} value={one.kind} onChange={(event) => onChange({ kind: event.currentTarget.value })}>
            {QUESTION_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {KIND_WORDS[kind]}
              </option>
            ))}
          </select>
        </div>
      </div>
      {one.kind === 'choice' && (
        <div class="field">
          <label for={`${id}-options`}>The list, one a line</label>
          <textarea id={`${id}-options`} rows={3} value={one.options} onInput={(event) => onChange({ options: event.currentTarget.value })} />
        </div>
      )}
      <label class="check" for={`${id}-required`}>
        <input
          id={`${id}-required`}
          type="checkbox"
          checked={one.required === 'yes'}
          onChange={(event) => onChange({ required: event.currentTarget.checked ? 'yes' : '' })}
        />
        Customers have to answer it
      </label>
      <Condition id={id} one={one} earlier={earlier} onChange={onChange} />
    </>
  );
}

/** Which answer to an earlier question brings it up. */
function Condition({ id, one, earlier, onChange }: OneProps) {
  const choices = earlier.flatMap((question) => choicesOf(question).map((answer) => ({ question: question.text, answer })));
  if (choices.length === 0 && one.whenQuestion === '') return null;
  const isGone = one.whenQuestion !== '' && !choices.some(({ question, answer }) => question === one.whenQuestion && answer === one.whenAnswer);
  const value =
    one.whenQuestion === ''
      ? ''
      : isGone
        ? 'gone'
        : String(choices.findIndex(({ question, answer }) => question === one.whenQuestion && answer === one.whenAnswer));
  return (
    <div class="field">
      <label for={`${id}-when`}>Asked</label>
      <select
        id={`${id}-when`}
        value={value}
        onChange={(event) => {
          const chosen = choices[Number(event.currentTarget.value)];
          const isChosen = event.currentTarget.value !== '' && chosen !== undefined;
          onChange({ whenQuestion: isChosen ? chosen.question : '', whenAnswer: isChosen ? chosen.answer : '' });
        }}
      >
        <option value="">always</option>
        {choices.map(({ question, answer }, index) => (
          <option key={`${question} ${answer}`} value={String(index)}>
            if “{question}” is answered with “{answer}”
          </option>
        ))}
        {isGone && (
          <option value="gone">
            if “{one.whenQuestion}” is answered with “{one.whenAnswer}”, which is no longer possible
          </option>
        )}
      </select>
    </div>
  );
}

/** It can be answered, to see what depends on what. */
function Look({ questions }: { readonly questions: readonly Question[] }) {
  const answers = useSignal<Answers>({});
  if (questions.length === 0) return null;
  return (
    <section class="asked-look stack" aria-label="Preview of the questions">
      <p class="soft">As customers see it, once they have chosen a time</p>
      <Questions
        questions={questions}
        answers={answers.value}
        isChecked={false}
        onAnswer={(given) => {
          answers.value = given;
        }}
      />
    </section>
  );
}
