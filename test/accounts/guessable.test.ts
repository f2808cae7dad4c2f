import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGuessable, openedWhenNeeded } from '../../src/accounts/guessable.ts';

const ada = { email: 'ada.lovelace@analytical.example', name: 'Ada Lovelace' };
async function refused(...passwords: readonly string[]): Promise<void> {
  for (const password of passwords) assert.equal(await isGuessable(password, ada), true, password);
}
async function taken(...passwords: readonly string[]): Promise<void> {
  for (const password of passwords) assert.equal(await isGuessable(password, ada), false, password);
}

describe('a password is refused that', () => {
  test('is on every list', () =>
    refused(
      'password123',
      'Password2024!',
      'qwertyuiop',
      '1234567890',
      'iloveyou123',
      'letmein2026',
      'administrator',
      'welcome12345',
      'sunshine2025',
      'football1990',
    ));
  test('is a common word in a clever spelling', () => refused('P@ssw0rd!!', '$up3rm4n123', 'p4ssw0r7123', 'W3lc0me2026', 'Dr4g0nM0nkey'));
  test('is what a booking page makes one think of', () => refused('slotkeeper1', 'Willkommen26', 'Bienvenue!1'));
  test('is a date', () => refused('24.12.1985', '1985-12-24'));
  test('is a word backwards', () => refused('drowssap12', 'nogard1234'));
  test('runs along the keyboard or the alphabet, forwards or back', () =>
    refused('abcdefghij', '0987654321', 'qwerty12345', 'asdfghjkl;', '1qaz2wsx3edc', 'poiuytrewq', 'qwertzuiop1', 'zxcvbnm123!', 'azertyuiop', '!@#$%^&*()'));
  test('says one thing over and over', () =>
    refused('aaaaaaaaaaaa', 'abcabcabcabc', 'hellohellohello', '1212121212', 'demo-demo-demo-', 'xyxyxyxyxyxy', 'qvzxxzvqqxvz'));
  test('is made of who it belongs to', () =>
    refused('ada.lovelace@analytical.example', 'ADA.LOVELACE@analytical.example', 'ada.lovelace1', 'lovelace1815', 'Ada-Lovelace', 'analytical!1'));
});

describe('a password is taken that', () => {
  test('has three words or more, though each is common', () =>
    taken('dragon monkey football', 'correct horse battery', 'a password for tests', 'summer house in june'));
  test('is random', () => taken('Gk3!xP0q_w', 'h7$Kd92mQz', '8391058473', 'tqzmvrwpkd'));
  test('is in any script', () => taken('пароль для всех нас', '錦鯉池の水面に映る', 'ποδήλατο στη βροχή'));
  test('belongs to somebody with no name to speak of', async () => assert.equal(await isGuessable('tqzmvrwpkd', { email: 'a@b.c', name: 'X' }), false));
});

test('what comes after forty characters is not looked at, so the longest password is judged like a short one', async () => {
  const pattern = 'p4ssw0rd!'.repeat(5);
  assert.equal(await isGuessable(`${pattern} tqzmvrwpkd`, ada), true);
  assert.equal(await isGuessable(`tqzmvrwpkd ${pattern}`, ada), false);
});

test('names and addresses that are longer than any person’s do no harm', async () => {
  const owner = { email: `${'ab.'.repeat(80)}@example.org`, name: 'word '.repeat(40) };
  assert.deepEqual([await isGuessable('example1234', owner), await isGuessable('tqzmvrwpkd', owner)], [true, false]);
});

test('lists that could not be opened once are opened again for the next password, and once for all who wait', async () => {
  const outcomes = [Promise.reject(new Error('no file handles')), Promise.resolve('lists')];
  let times = 0;
  const opened = openedWhenNeeded(() => outcomes[times++] ?? assert.fail('opened a third time'));
  await assert.rejects(Promise.all([opened(), opened()]), /no file handles/);
  assert.deepEqual(await Promise.all([opened(), opened()]), ['lists', 'lists']);
  assert.equal(await opened(), 'lists');
  assert.equal(times, 2);
});
