import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Config, readConfig, settingWarnings } from '../../src/settings/config.ts';

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
    assert.deepEqual(problemsOf({ REDIS_URL: 'redis://localhost' }), ['REDIS_URL requires DATABASE_URL: several nodes share one PostgreSQL']));
  test('is a Redis address', () => {
    for (const url of ['localhost:6379', 'http://localhost', 'redis']) {
      const [problem, ...others] = problemsOf({ ...POSTGRES, REDIS_URL: url });
      assert.match(problem ?? '', /^REDIS_URL must look like redis:\/\//);
      assert.deepEqual(others, []);
    }
  });
});

describe('SMTP_URL and MAIL_FROM', () => {
  const MAIL_FROM = 'Salt & Pine <hello@pine.example>';
  const SMTP_URL = 'smtp://mail.example.org';
  const mailOf = (url: string, from = MAIL_FROM) => configOf({ SMTP_URL: url, MAIL_FROM: from }).mail;

  test('say how e-mails leave; without them e-mails are kept', () => {
    assert.equal(configOf({}).mail, null);
    assert.equal(configOf({ MAIL_FROM }).mail, null);
    const from = { name: 'Salt & Pine', address: 'hello@pine.example' };
    const login = { user: 'ada@pine.example', password: 'p@ss/word:1' };
    assert.deepEqual(mailOf(SMTP_URL), { host: 'mail.example.org', port: 587, isTlsFromTheStart: false, login: null, from });
    assert.deepEqual(mailOf('smtp://ada%40pine.example:p%40ss%2Fword%3A1@10.0.0.1:2525/'), {
      host: '10.0.0.1',
      port: 2525,
      isTlsFromTheStart: false,
      login,
      from,
    });
    assert.deepEqual(mailOf('smtps://ada%40pine.example:p%40ss%2Fword%3A1@[::1]'), { host: '::1', port: 465, isTlsFromTheStart: true, login, from });
  });
  test('switch the demo off', () => assert.equal(configOf({ SMTP_URL, MAIL_FROM }).demo.isOn, false));
  test('take a name in quotes, a bare name, or none', () => {
    assert.deepEqual(mailOf(SMTP_URL, '"Pine, Salt; & Co." <a@pine.example>')?.from, { name: 'Pine, Salt; & Co.', address: 'a@pine.example' });
    assert.deepEqual(mailOf(SMTP_URL, '<a@pine.example>')?.from, { name: '', address: 'a@pine.example' });
    assert.deepEqual(mailOf(SMTP_URL, 'a@pine.example')?.from, { name: '', address: 'a@pine.example' });
  });
  test('are both checked, and neither is repeated', () => {
    assert.deepEqual(problemsOf({ SMTP_URL }), ['MAIL_FROM is required with SMTP_URL: every e-mail needs a sender']);
    const wrong = [
      'mail.example.org:25',
      'http://mail.example.org',
      'smtp://',
      'smtp://ada@mail.example.org',
      'smtp://:secret@mail.example.org',
      'smtp://a:%zz@b',
      'smtp://a/b',
      'smtp://a?x=secret',
      'smtp://a:0',
    ];
    for (const url of wrong) {
      const [problem, ...others] = problemsOf({ SMTP_URL: url, MAIL_FROM });
      assert.match(problem ?? '', /^SMTP_URL must look like smtp:\/\/user:password@host:587/, url);
      assert.deepEqual(others, []);
      assert.ok(!problem?.includes('secret'));
    }
    for (const from of ['pine', 'a@b, c@d', 'A <a@b> <c@d>', 'A <a@b', 'A\r\nBcc: c@d <a@b>', 'a@b\r\nBcc: c@d', '"A" B <a@b>'])
      assert.deepEqual(
        problemsOf({ SMTP_URL, MAIL_FROM: from }),
        ['MAIL_FROM must be an e-mail address, or a name and an address such as Salt & Pine <hello@example.org>'],
        from,
      );
  });
});

describe('PUBLIC_URL', () => {
  const publicUrlOf = (url: string) => configOf({ PUBLIC_URL: url }).publicUrl;
  test('has one spelling, and no slash at its end', () => {
    assert.equal(publicUrlOf('HTTPS://Book.Example.org:443//'), 'https://book.example.org');
    assert.equal(publicUrlOf('http://127.0.0.1:8080/behind/here/'), 'http://127.0.0.1:8080/behind/here');
  });
  test('is an address that a path can be put behind', () => {
    for (const url of ['ftp://example.org', 'example.org', 'https://ada:secret@example.org', 'https://example.org/?a=b', 'https://example.org/#here'])
      assert.deepEqual(problemsOf({ PUBLIC_URL: url }), ['PUBLIC_URL must be an http or https address, without a user name, a password, ? or #']);
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

describe('how long things are kept', () => {
  test('has defaults, and takes whole numbers from the least that answers are made from', () => {
    assert.deepEqual(configOf({}).retention, { logDays: 400, requestHours: 24, claimDays: 60, positionDays: 30, auditDays: 3_650 });
    const least = {
      RETENTION_LOG_DAYS: '3',
      RETENTION_REQUEST_HOURS: '24',
      RETENTION_CLAIM_DAYS: '45',
      RETENTION_POSITION_DAYS: '1',
      RETENTION_AUDIT_DAYS: '90',
    };
    assert.deepEqual(configOf(least).retention, { logDays: 3, requestHours: 24, claimDays: 45, positionDays: 1, auditDays: 90 });
    const tooLittle = {
      RETENTION_LOG_DAYS: '2',
      RETENTION_REQUEST_HOURS: '23',
      RETENTION_CLAIM_DAYS: '44',
      RETENTION_POSITION_DAYS: '0',
      RETENTION_AUDIT_DAYS: '89',
    };
    for (const [name, value] of Object.entries(tooLittle))
      for (const wrong of [value, '1.5', '-1', 'ever', '1000000']) {
        const [problem, ...others] = problemsOf({ [name]: wrong });
        assert.match(problem ?? '', new RegExp(`^${name} must be a whole number from ${Number(value) + 1} to `));
        assert.deepEqual(others, []);
      }
  });
  test('is longer for the log than for the requests that are answered from it', () => {
    assert.deepEqual(problemsOf({ RETENTION_LOG_DAYS: '3', RETENTION_REQUEST_HOURS: '25' }), [
      'RETENTION_LOG_DAYS must be at least two days longer than RETENTION_REQUEST_HOURS, because stored replies are rebuilt from the log',
    ]);
  });
});

describe('OWNER_PASSWORD', () => {
  const owner = (password: string) => problemsOf({ OWNER_EMAIL: 'Olivia@example.org', OWNER_PASSWORD: password }).map((problem) => problem.replace(/;.*/, ''));
  test('is long enough and not too long', () => {
    assert.deepEqual(owner('a long one'), []);
    assert.deepEqual(owner('Gk3!xP0q_'), ['OWNER_PASSWORD must have at least 10 characters']);
    assert.deepEqual(owner(`${'dragon monkey football '.repeat(3)}ä7Qz`), ['OWNER_PASSWORD must have at most 72 bytes']);
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
    assert.deepEqual(problems(`${first},short`), ['JWT_SECRETS_OLD must contain only secrets of at least 32 bytes; number 2 has 5']);
    assert.deepEqual(problems(`${first},${POSTGRES.JWT_SECRET}`), ['JWT_SECRETS_OLD must not contain JWT_SECRET; number 2 is the same']);
    assert.deepEqual(problems(`${first},${second},${first}`), ['JWT_SECRETS_OLD must not repeat a secret; number 3 is a repeat']);
    const many = Array.from({ length: 6 }, (_, index) => String(index).repeat(32)).join(',');
    assert.deepEqual(problems(many), ['JWT_SECRETS_OLD must be at most 5 secrets, separated by commas']);
    assert.deepEqual(problemsOf({ JWT_SECRETS_OLD: first }), ['JWT_SECRETS_OLD requires JWT_SECRET, which signs tokens']);
  });
});

describe('the demo', () => {
  const OWNER_PASSWORD = 'three words of mine';
  test('is there until something says that this is more than a look around', () => {
    assert.equal(configOf({}).demo.isOn, true);
    assert.equal(configOf({ HOST: '127.0.0.1', PORT: '8080', LOG_LEVEL: 'debug' }).demo.isOn, true);
    const settings = [
      POSTGRES,
      { ...POSTGRES, REDIS_URL: 'redis://localhost' },
      { PUBLIC_URL: 'https://example.org' },
      { CORS_ORIGINS: 'https://app.example.com' },
      { JWT_SECRET: POSTGRES.JWT_SECRET },
      { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
      { OWNER_EMAIL: 'olivia@example.org', OWNER_PASSWORD },
      { DEMO: 'off' },
    ];
    for (const environment of settings) assert.equal(configOf(environment).demo.isOn, false, JSON.stringify(environment));
  });
  test('listens on this machine only, for its passwords are known', () => {
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.equal(configOf({ HOST }).demo.isOn, true);
    for (const HOST of ['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.0.0.1.example.org', 'localhost.example.org']) {
      assert.match(problemsOf({ HOST }).join(), /^HOST must be an address of this machine in the demo/, HOST);
      assert.match(problemsOf({ ...POSTGRES, DEMO: 'on', HOST }).join(), /^HOST /, HOST);
      assert.equal(configOf({ HOST, DEMO: 'off' }).host, HOST);
    }
  });
  test('is not reached from anywhere else, whatever stands in front of it', () => {
    for (const PUBLIC_URL of ['http://127.0.0.1:3000', 'http://localhost', 'https://[::1]:8443'])
      assert.equal(configOf({ DEMO: 'on', PUBLIC_URL }).demo.isOn, true, PUBLIC_URL);
    for (const PUBLIC_URL of ['https://example.org', 'http://192.168.1.7', 'http://localhost.example.org', 'http://[2001:db8::1]'])
      assert.match(problemsOf({ DEMO: 'on', PUBLIC_URL }).join(), /^PUBLIC_URL must be an address of this machine in the demo/, PUBLIC_URL);
    assert.match(problemsOf({ TRUSTED_PROXIES: '1' }).join(), /^TRUSTED_PROXIES must be 0 in the demo/);
    assert.match(problemsOf({ ALLOWED_HOSTS: 'demo.example.org' }).join(), /^ALLOWED_HOSTS must be empty in the demo/);
    assert.equal(configOf({ DEMO: 'off', PUBLIC_URL: 'https://example.org', TRUSTED_PROXIES: '1' }).trustedProxies, 1);
  });
  test('has an owner already, so OWNER_EMAIL is refused and not ignored', () => {
    const named = problemsOf({ DEMO: 'on', OWNER_EMAIL: 'olivia@example.org', OWNER_PASSWORD }).join('\n');
    assert.match(named, /^OWNER_EMAIL has no effect in the demo.*\nOWNER_PASSWORD has no effect in the demo.*$/);
  });
});

describe('JWT_SECRET', () => {
  test('has 32 bytes, and is needed beside a database that several nodes may share', () => {
    const { JWT_SECRET, ...withoutSecret } = POSTGRES;
    assert.equal(configOf({}).jwtSecret, null);
    assert.equal(configOf(POSTGRES).jwtSecret, JWT_SECRET);
    assert.deepEqual(problemsOf({ JWT_SECRET: JWT_SECRET.slice(1) }), ['JWT_SECRET must have at least 32 bytes']);
    assert.match(problemsOf(withoutSecret).join(), /^JWT_SECRET is required with DATABASE_URL; for example: [\w-]{43}$/);
  });
});

describe('who is believed', () => {
  test('CORS_ORIGINS lists origins as browsers say them', () => {
    assert.deepEqual(configOf({}).corsOrigins, []);
    assert.deepEqual(configOf({ CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).corsOrigins, ['https://a.example', 'http://localhost:5173']);
    for (const origin of ['*', 'null', 'a.example', 'https://a.example/', 'https://a.example/page', 'https://A.example', 'https://a.example:443'])
      assert.match(problemsOf({ CORS_ORIGINS: `https://b.example,${origin}` }).join(), /^CORS_ORIGINS must be origins .*; number 2 is not an origin$/, origin);
  });
  test('PUBLIC_URL is an address of the web', () => {
    assert.equal(configOf({ PUBLIC_URL: 'https://example.org/' }).publicUrl, 'https://example.org');
    for (const url of ['example.org', 'ftp://example.org', 'javascript:alert(1)'])
      assert.match(problemsOf({ PUBLIC_URL: url }).join(), /^PUBLIC_URL must be an http or https address/, url);
  });
  test('no proxy is, unless TRUSTED_PROXIES says how many', () => {
    assert.equal(configOf({}).trustedProxies, 0);
    assert.equal(configOf({ DEMO: 'off', TRUSTED_PROXIES: '2' }).trustedProxies, 2);
    for (const value of ['true', '-1', '11']) assert.deepEqual(problemsOf({ TRUSTED_PROXIES: value }), ['TRUSTED_PROXIES must be a whole number from 0 to 10']);
  });
  test('RATE_LIMIT_SCALE leaves some limit', () => {
    assert.equal(configOf({}).rateLimitScale, 1);
    assert.equal(configOf({ RATE_LIMIT_SCALE: '0.5' }).rateLimitScale, 0.5);
    for (const value of ['0', '-1', 'Infinity', '1000001', 'off'])
      assert.deepEqual(problemsOf({ RATE_LIMIT_SCALE: value }), ['RATE_LIMIT_SCALE must be a number above 0 and at most 1000000'], value);
  });
});

test('what is wrong is named, and never repeated: a password may be in it', () => {
  const wrong: Readonly<Record<string, string>> = {
    DATABASE_URL: 'mysql://somebody:sesame@db/shop',
    REDIS_URL: 'http://:sesame@cache',
    PUBLIC_URL: 'ftp://somebody:sesame@example.org',
    CORS_ORIGINS: 'https://somebody:sesame@example.org',
    JWT_SECRET: 'sesame',
    JWT_SECRETS_OLD: 'sesame, sesame',
    SMTP_URL: 'https://somebody:sesame@mail.example.org',
    MAIL_FROM: 'sesame',
    OWNER_EMAIL: 'sesame',
    OWNER_PASSWORD: 'sesame',
    DEMO_PASSWORD: 'sesame',
    DEMO: 'sesame',
    PORT: 'sesame',
    RATE_LIMIT_SCALE: 'sesame',
    TRUSTED_PROXIES: 'sesame',
    LOG_LEVEL: 'sesame',
  };
  const named = (problems: readonly string[]) => [...new Set(problems.map((problem) => problem.split(' ')[0] ?? ''))].toSorted();
  const { DEMO_PASSWORD, ...others } = wrong;
  assert.deepEqual(named(problemsOf(wrong)), Object.keys(others).toSorted());
  assert.deepEqual(named(problemsOf({ DEMO_PASSWORD: DEMO_PASSWORD ?? '' })), ['DEMO_PASSWORD']);
  assert.doesNotMatch([...problemsOf(wrong), ...problemsOf({ DEMO_PASSWORD: DEMO_PASSWORD ?? '' })].join('\n'), /sesame/);
});

describe('ALLOWED_HOSTS', () => {
  test('are names, as a browser spells them, and none by default', () => {
    assert.deepEqual(configOf({}).allowedHosts, []);
    assert.deepEqual(configOf({ DEMO: 'off', ALLOWED_HOSTS: 'Booking.Example.org, node-1,bücher.example' }).allowedHosts, [
      'booking.example.org',
      'node-1',
      'xn--bcher-kva.example',
    ]);
  });
  test('have no scheme, port or pattern', () => {
    for (const host of ['https://example.org', 'example.org:8080', '*.example.org', 'example.org/x', '*'])
      assert.match(problemsOf({ ALLOWED_HOSTS: `good.example, ${host}` })[0] ?? '', /^ALLOWED_HOSTS must be names such as .* number 2 is not a name$/, host);
  });
});

describe('a variable that has no effect', () => {
  test('is told when it looks like a misspelt setting, without its value', () => {
    const warnings = settingWarnings({ HOLD_SECOND: '60', OWNER_MAIL: 'ada@example.org', port: '80', 'LOG-LEVEL': 'debug' });
    assert.deepEqual(
      warnings.map((warning) => /^(\S+) is set but has no effect; did you mean (\S+)\?$/.exec(warning)?.slice(1)),
      [
        ['HOLD_SECOND', 'HOLD_SECONDS'],
        ['OWNER_MAIL', 'OWNER_EMAIL'],
        ['port', 'PORT'],
        ['LOG-LEVEL', 'LOG_LEVEL'],
      ],
    );
  });
  test('is told when the other half of a pair is missing', () =>
    assert.deepEqual(
      settingWarnings({ STRIPE_SECRET_KEY: 'sk_test_1', SMS_PROVIDER: 'twilio', SMS_FROM: '+49' }).map((warning) => warning.split(' ')[0]),
      ['STRIPE_SECRET_KEY'],
    ));
  test('is not told when it is a setting, is empty, or belongs to the system', () =>
    assert.deepEqual(
      settingWarnings({ PORT: '3000', HOLD_SECOND: ' ', HOME: '/', HOSTNAME: 'h', PATH: '/bin', PWD: '/', TERM: 'x', LANG: 'C', LOGNAME: 'me' }),
      [],
    ));
});
