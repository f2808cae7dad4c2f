import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEM_CODES, PROBLEMS } from '../../src/protocol/problems.ts';
import { sentenceOf } from '../../web/kit/problem-sentences.ts';

test('every problem has a sentence for people, in which its code does not appear', () => {
  for (const code of PROBLEM_CODES) {
    const sentence = sentenceOf({ code, status: PROBLEMS[code].status, title: '' });
    assert.match(sentence, /^[A-Z].+[.]$/, code);
    if (code.includes('-')) assert.ok(!sentence.includes(code), code);
  }
});

test('how many appointments depend on something is said', () => {
  const said = (appointments: number) => sentenceOf({ code: 'still-in-use', status: 409, title: '', appointments });
  assert.deepEqual([said(1), said(3)], ['An upcoming appointment depends on this.', '3 upcoming appointments depend on this.']);
});
