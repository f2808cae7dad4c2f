import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashPassword } from '../src/accounts/passwords.ts';
import { openLog } from '../src/log.ts';

const SECRET = 'sesame-sesame-sesame';

/** All that the API and the tables call what nobody may read in a log; and `parameters`, where a driver repeats what a statement was given. */
const CALLED_SECRETS = [
  ...['password', 'newPassword', 'passwordHash', 'secret', 'jwtSecret', 'code', 'recoveryCodes'],
  ...['token', 'tokenHash', 'accessToken', 'refreshToken', 'holdToken', 'manageToken', 'apiKey'],
  ...['authorization', 'cookie', 'idempotency-key', 'parameters'],
];

/** What is written for these facts. */
function lineOf(facts: object, message = 'something'): string {
  const lines: string[] = [];
  openLog('debug', { write: (line) => void lines.push(line) }).error(facts, message);
  const [line = ''] = lines;
  JSON.parse(line);
  return line;
}

test('what is called a secret is hidden, as far as errors of libraries nest things', () => {
  for (const name of CALLED_SECRETS)
    for (const facts of [
      { [name]: SECRET },
      { request: { [name]: SECRET } },
      { request: { headers: { [name]: SECRET } } },
      { err: Object.assign(new Error('failed'), { [name]: SECRET }) },
    ])
      assert.doesNotMatch(lineOf(facts), new RegExp(SECRET), JSON.stringify(facts));
});

test('what looks like a secret is hidden wherever it stands', async () => {
  const token = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.signature-of-it`;
  const hash = await hashPassword('a long password', 4);
  const apiKey = `slk_${randomBytes(32).toString('base64url')}`;
  for (const secret of [SECRET, token, hash, apiKey]) {
    const text = secret === SECRET ? `cannot reach postgres://somebody:${SECRET}@db:5432/shop` : `failed with ${secret} in it`;
    for (const line of [lineOf({}, text), lineOf({ reason: text }), lineOf({ err: new Error('outer', { cause: new Error(text) }) })]) {
      assert.ok(!line.includes(secret), line);
      assert.match(line, /\[hidden\]/);
    }
  }
  assert.match(lineOf({}, `cannot reach redis://:${SECRET}@cache`), /redis:\/\/:\[hidden\]@cache/);
});

test('everything else is said as it is', () => {
  const line = lineOf({ requestId: 'r-1', err: new Error('at http://127.0.0.1:3000/v1/me'), revision: 7 }, 'request failed');
  assert.match(line, /"requestId":"r-1".*http:\/\/127\.0\.0\.1:3000\/v1\/me.*"revision":7.*"msg":"request failed"/);
  assert.doesNotMatch(line, /hidden/);
});
