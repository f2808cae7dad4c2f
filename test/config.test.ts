import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Config, readConfig } from '../src/config.ts';

const POSTGRES = { DATABASE_URL: 'postgres://somebody@localhost/slotkeeper', JWT_SECRET: 's'.repeat(32) };

function configOf(environment: Readonly<Record<string, string>>): Config {
  const read = readConfig(environment, '/');
  if (!('database' in read)) throw new Error(JSON.stringify(read));
  return read;
}

/** The bad variables, in order, with what is said of them. */
function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const read = readConfig(environment, '/');
  return 'database' in read ? [] : read.map(({ variable, message }) => `${variable} ${message}`);
}

describe('REDIS_URL', () => {
  test('stands beside DATABASE_URL', () => {
    assert.equal(configOf(POSTGRES).redis, null);
    for (const url of ['redis://localhost', 'redis://:secret@10.0.0.1:6380/2', 'rediss://user:secret@redis.example.org'])
      assert.deepEqual(configOf({ ...POSTGRES, REDIS_URL: url }).redis, { url });
  });
  test('is refused without it, because embedded databases cannot be shared', () =>
    assert.deepEqual(problemsOf({ REDIS_URL: 'redis://localhost' }), ['REDIS_URL needs DATABASE_URL: several nodes share one PostgreSQL']));
  test('is a Redis address', () => {
    for (const url of ['localhost:6379', 'http://localhost', 'redis']) {
      const [problem, ...others] = problemsOf({ ...POSTGRES, REDIS_URL: url });
      assert.match(problem ?? '', /^REDIS_URL must look like redis:\/\//);
      assert.deepEqual(others, []);
    }
  });
});

describe('DRAIN_SECONDS', () => {
  test('is nothing for one node, and what a balancer takes to notice for several', () => {
    assert.equal(configOf({}).drainSeconds, 0);
    assert.equal(configOf(POSTGRES).drainSeconds, 0);
    assert.equal(configOf({ ...POSTGRES, REDIS_URL: 'redis://localhost' }).drainSeconds, 2);
    assert.equal(configOf({ DRAIN_SECONDS: '7' }).drainSeconds, 7);
    assert.equal(configOf({ ...POSTGRES, REDIS_URL: 'redis://localhost', DRAIN_SECONDS: '0' }).drainSeconds, 0);
  });
  test('is a whole number up to a minute', () => {
    for (const value of ['-1', '61', '1.5', 'soon'])
      assert.deepEqual(problemsOf({ DRAIN_SECONDS: value }), ['DRAIN_SECONDS must be a whole number from 0 to 60']);
  });
});

describe('OWNER_PASSWORD', () => {
  const owner = (password: string) => problemsOf({ OWNER_EMAIL: 'Olivia@example.org', OWNER_PASSWORD: password }).map((problem) => problem.replace(/;.*/, ''));
  test('is long enough, not too long, and not one of those that are tried first', () => {
    assert.deepEqual(owner('a long one'), []);
    assert.deepEqual(owner('Gk3!xP0q_'), ['OWNER_PASSWORD must have at least 10 characters']);
    assert.deepEqual(owner(`${'dragon monkey football '.repeat(3)}ä7Qz`), ['OWNER_PASSWORD must have at most 72 bytes']);
    for (const password of ['password123', 'olivia@example.org', 'OLIVIA2026!'])
      assert.deepEqual(owner(password), ['OWNER_PASSWORD is one of those that are tried first']);
  });
});

describe('JWT_SECRETS_OLD', () => {
  const [first, second] = ['a'.repeat(32), 'b'.repeat(40)];
  test('lists secrets that are still good, or will be', () => {
    assert.deepEqual(configOf(POSTGRES).otherJwtSecrets, []);
    assert.deepEqual(configOf({ ...POSTGRES, JWT_SECRETS_OLD: ` ${first}, ${second},` }).otherJwtSecrets, [first, second]);
  });
  test('holds every secret to what JWT_SECRET is held to, and never repeats one in a message', () => {
    const problems = (value: string) => problemsOf({ ...POSTGRES, JWT_SECRETS_OLD: value });
    assert.deepEqual(problems(`${first},short`), ['JWT_SECRETS_OLD must have at least 32 bytes in each secret; number 2 has 5']);
    assert.deepEqual(problems(`${first},${POSTGRES.JWT_SECRET}`), ['JWT_SECRETS_OLD must not have JWT_SECRET in it; number 2 is the same']);
    assert.deepEqual(problems(`${first},${second},${first}`), ['JWT_SECRETS_OLD must have each secret once; number 3 was there before']);
    const many = Array.from({ length: 6 }, (_, index) => String(index).repeat(32)).join(',');
    assert.deepEqual(problems(many), ['JWT_SECRETS_OLD must be at most 5 secrets, separated by commas']);
    assert.deepEqual(problemsOf({ JWT_SECRETS_OLD: first }), ['JWT_SECRETS_OLD needs JWT_SECRET, which signs']);
  });
});
