// What a business may ask, and which answers fit: the rules that pages and server share.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Question, questionsAsked, wrongAnswer, wrongQuestions } from '../../src/model/questions.ts';

const question = (text: string, more: Partial<Question> = {}): Question => ({ text, kind: 'text', options: [], required: false, shownWhen: null, ...more });
const ALLERGY = question('Do you have an allergy?', { kind: 'yes-no' });
const WHICH = question('Which?', { kind: 'choice', options: ['Nuts', 'Latex'], shownWhen: { question: ALLERGY.text, answer: 'yes' } });
const SINCE = question('Since when?', { kind: 'date', shownWhen: { question: WHICH.text, answer: 'Nuts' } });

describe('questions', () => {
  test('that cannot be asked are named by their place and field', () => {
    const pathsOf = (...questions: readonly Question[]) => wrongQuestions(questions).map(({ path }) => path);
    assert.deepEqual(pathsOf(ALLERGY, WHICH, SINCE), []);
    assert.deepEqual(pathsOf(ALLERGY, ALLERGY), ['1.text']);
    assert.deepEqual(pathsOf(question('__proto__'), question('constructor')), ['0.text']);
    assert.deepEqual(pathsOf(question('One', { kind: 'choice', options: ['a'] }), question('Two', { options: ['a'] })), ['0.options', '1.options']);
    assert.deepEqual(pathsOf(WHICH, ALLERGY), ['0.shownWhen.question']);
    assert.deepEqual(pathsOf(ALLERGY, { ...WHICH, shownWhen: { question: ALLERGY.text, answer: 'maybe' } }), ['1.shownWhen.answer']);
  });

  test('are asked only if what they depend on is asked and answered so', () => {
    const askedWith = (answers: Readonly<Record<string, string>>) => questionsAsked([ALLERGY, WHICH, SINCE], answers).map(({ text }) => text);
    assert.deepEqual(askedWith({}), [ALLERGY.text]);
    assert.deepEqual(askedWith({ [ALLERGY.text]: 'yes', [WHICH.text]: 'Nuts' }), [ALLERGY.text, WHICH.text, SINCE.text]);
    assert.deepEqual(askedWith({ [ALLERGY.text]: 'no', [WHICH.text]: 'Nuts' }), [ALLERGY.text], 'what is left of an answer that was changed asks nothing');
  });

  test('have answers of their kind', () => {
    assert.equal(wrongAnswer(question('Name?', { required: true }), ' '), 'missing');
    assert.equal(wrongAnswer(WHICH, 'Dust'), 'not-an-option');
    assert.equal(wrongAnswer(ALLERGY, 'perhaps'), 'not-yes-or-no');
    assert.equal(wrongAnswer(question('How many?', { kind: 'number' }), '1e3'), 'not-a-number');
    assert.equal(wrongAnswer(SINCE, '2026-02-30'), 'not-a-date');
    assert.equal(wrongAnswer(question('Name?'), 'x'.repeat(201)), 'too-long');
    for (const fits of [wrongAnswer(SINCE, '2024-02-29'), wrongAnswer(question('How many?', { kind: 'number' }), '1,5'), wrongAnswer(SINCE)])
      assert.equal(fits, undefined);
  });
});
