import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readQuestion } from '../../src/customers/question.ts';

describe('what is typed to find a customer', () => {
  test('is a telephone number if it has nothing but digits and what is put between them, at home or from abroad', () => {
    const digits = (typed: string) => {
      const read = readQuestion(typed);
      return read.type === 'digits' ? read.digits : read.type;
    };
    assert.deepEqual(digits('0151 234'), ['151234']);
    assert.deepEqual(digits('+49 151 2345678'), ['491512345678', '1512345678']);
    assert.deepEqual(digits('0049 (151) 2345678'), ['491512345678', '1512345678']);
    assert.deepEqual(digits('5550'), ['5550']);
    assert.deepEqual(digits('12'), 'beginning');
  });

  test('is the beginning of a name if it is short, and words that are all to be found otherwise', () => {
    assert.deepEqual(readQuestion(' Lo '), { type: 'beginning', beginning: 'Lo' });
    assert.deepEqual(readQuestion('Ada Lo'), { type: 'words', words: ['Ada', 'Lo'], reference: null, email: null });
    assert.deepEqual(readQuestion('Ada@Example.org'), { type: 'words', words: ['Ada@Example.org'], reference: null, email: 'ada@example.org' });
    const many = readQuestion('longer a b c d e');
    assert.deepEqual(many.type === 'words' && many.words.length, 5);
  });

  test('is a reference with or without its hyphen, and perhaps a name as well', () => {
    for (const typed of ['K7QM-2FXR', 'k7qm2fxr', 'K7QM 2FXR']) {
      const read = readQuestion(typed);
      assert.equal(read.type === 'words' && read.reference, 'K7QM-2FXR', typed);
    }
    const name = readQuestion('Margaret');
    assert.deepEqual(name.type === 'words' && name.words, ['Margaret']);
  });
});
