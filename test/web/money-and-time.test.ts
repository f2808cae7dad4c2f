import assert from 'node:assert/strict';
import { test } from 'node:test';
import { language, say } from '../../web/kit/language.ts';
import {
  clock,
  clockRange,
  countdown,
  counted,
  datedDay,
  dayWords,
  duration,
  longDay,
  messageLocaleOf,
  money,
  sameClock,
  shortDay,
  shortDays,
} from '../../web/kit/money-and-time.ts';

const AT = Date.parse('2026-11-24T09:30:00Z');

test('money is written in its own currency and without empty cents', () => {
  assert.match(money({ amount: 3400, currency: 'EUR' }), /34(?!\.)/);
  assert.match(money({ amount: 3450, currency: 'EUR' }), /34\.50/);
});

test('a name that is read from the right stands by itself in a sentence, and any other as it is', () => {
  assert.equal(say('{name}, {count} free', { name: 'דנה', count: 3 }), '\u2068דנה\u2069, 3 free');
  assert.equal(say('with {name}', { name: 'Renée' }), 'with Renée');
});

test('a currency without cents is not divided', () => {
  assert.match(money({ amount: 5000, currency: 'JPY' }), /5,000/);
});

test('a moment reads as the clock of its zone shows it', () => {
  assert.match(clock(AT, 'Europe/Berlin'), /10:30/);
  assert.match(clock(AT, 'Asia/Kathmandu'), /3:15|15:15/);
});

test('a moment and a range of them are never broken across lines', () => {
  assert.doesNotMatch(clock(AT, 'Europe/Berlin'), /[^\S\u00a0]/);
  assert.doesNotMatch(clockRange(AT, AT + 1_800_000, 'Europe/Berlin'), /[^\S\u00a0]/);
});

test('two zones have the same clock if they show the same then', () => {
  assert.equal(sameClock(AT, 'Europe/Lisbon', 'Europe/London'), true);
  assert.equal(sameClock(AT, 'Europe/Lisbon', 'Europe/Berlin'), false);
});

test('the first of a month is 1er in French, and no other day or language has it', () => {
  const [first, other] = [Date.parse('2026-12-01T11:00:00Z'), Date.parse('2026-12-11T11:00:00Z')];
  const said = (at: number) => [longDay(at, 'UTC'), shortDay(at, 'UTC'), datedDay(at, 'UTC'), shortDays(at, at + 864e5, 'UTC'), dayWords('2026-12-01').long];
  const english = said(first);
  try {
    language.value = 'fr';
    for (const text of said(first)) assert.match(text, /(^| )1er/);
    assert.doesNotMatch(said(other).slice(0, 4).join(), /\der/);
    assert.equal(dayWords('2026-12-01').day, '1');
  } finally {
    language.value = 'en';
  }
  assert.deepEqual([said(first), english.join().includes('1er')], [english, false]);
});

test('a length reads in hours and minutes', () => {
  assert.deepEqual([20, 60, 90].map(duration), ['20 min', '1 h', '1 h 30 min']);
});

test('a countdown shows the second that has begun and stops at zero', () => {
  assert.deepEqual([300_000, 65_001, 900, 0, -5_000].map(countdown), ['5:00', '1:06', '0:01', '0:00', '0:00']);
});

test('one is one', () => {
  assert.deepEqual([counted(1, 'time', 'times'), counted(0, 'time', 'times')], ['1 time', '0 times']);
});

test('messages are in the first language of the visitor that they are written in', () => {
  assert.equal(messageLocaleOf(['nl-BE', 'pt-BR', 'en']), 'pt');
  assert.equal(messageLocaleOf(['de-AT']), 'de');
  assert.equal(messageLocaleOf(['nl', 'ja']), undefined);
});
