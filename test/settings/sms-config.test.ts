import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Config, readConfig } from '../../src/settings/config.ts';

const SMS = {
  ...{ SMS_PROVIDER: 'twilio', SMS_ACCOUNT: `AC${'0'.repeat(32)}`, SMS_TOKEN: 'a-token', SMS_FROM: '+49301234567', SMS_COUNTRIES: 'DE:0.075, AT:0.08' },
  PUBLIC_URL: 'https://book.example.org',
};

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

describe('SMS_PROVIDER', () => {
  test('says who sends texts, where to, and what they may cost', () => {
    assert.equal(configOf({}).sms, null);
    const { perSegment, ...sms } = configOf({ ...SMS, SMS_TOKEN: 'token' }).sms ?? assert.fail();
    assert.deepEqual(sms, {
      ...{ provider: 'twilio', url: 'https://api.twilio.com', account: SMS.SMS_ACCOUNT, token: 'token', oldToken: null, from: SMS.SMS_FROM },
      ...{ costPerDay: 200_000, perHour: 200, perDay: 1_000 },
    });
    assert.deepEqual(
      [...perSegment],
      [
        ['DE', 750],
        ['AT', 800],
      ],
    );
    const http = {
      SMS_PROVIDER: 'http',
      SMS_URL: 'https://texts.example.org/send',
      SMS_SECRET: `whsec_${'A'.repeat(32)}`,
      SMS_TOKEN: 'token',
      SMS_FROM: 'Salt Pine',
    };
    const read = configOf({ ...http, SMS_COUNTRIES: 'DE:1', SMS_COST_PER_DAY: '7.5', PUBLIC_URL: SMS.PUBLIC_URL }).sms;
    assert.deepEqual([read?.provider, read?.url, read?.costPerDay], ['http', http.SMS_URL, 75_000]);
  });
  test('is refused with everything that is wrong, and nothing that was set is repeated', () => {
    assert.deepEqual(
      problemsOf({ SMS_PROVIDER: 'twilio', SMS_SECRET: 'x', SMS_COST_PER_DAY: 'much' }).map((problem) => problem.split(' ')[0]),
      ['PUBLIC_URL', 'SMS_FROM', 'SMS_TOKEN', 'SMS_COUNTRIES', 'SMS_COST_PER_DAY', 'SMS_SECRET', 'SMS_ACCOUNT'],
    );
    const wrong = {
      SMS_ACCOUNT: 'AC1',
      SMS_FROM: 'a very long name',
      SMS_COUNTRIES: 'DE:0.07, Narnia:1',
      SMS_URL: 'http://user:secret@texts.example.org',
      SMS_TOKEN_OLD: 'a-token',
    };
    for (const [variable, value] of Object.entries(wrong)) {
      const [problem, ...more] = problemsOf({ ...SMS, [variable]: value });
      assert.ok(problem?.startsWith(`${variable} must be`) && !problem.includes(value) && more.length === 0, `${variable}: ${problem} ${more}`);
    }
    assert.match(problemsOf({ ...SMS, SMS_PROVIDER: 'pigeon' })[0] ?? '', /must be one of twilio, http/);
    assert.deepEqual(problemsOf({ SMS_FROM: '+49301234567' }), ['SMS_FROM has no effect without SMS_PROVIDER']);
  });
});
