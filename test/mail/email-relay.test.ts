import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SmtpMailer } from '../../src/integrations/smtp/smtp-mailer.ts';
import { EmailRelay, MOST_AT_ONCE, type RelayParts } from '../../src/mail/email-relay.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { purgeOldEmails } from '../../src/persistence/database/maintenance.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { isOutage } from '../../src/persistence/database/read-failure.ts';
import { emailQueue } from '../../src/persistence/mail/email-queue.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { ENGINES } from '../persistence/engines.ts';
import { timeNow } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type Doorkeeper, startSilence, startSmtp, type TestSmtp } from '../support/smtp.ts';
import { emailState, SENDER, TOKEN, writeEmail } from './told.ts';

const LOOK_EVERY_MS = 50;
const FIRST_DELAY_MS = 20;

type Told = { readonly level: string; readonly message: string; readonly facts: object };
type Opening = Partial<RelayParts> & { readonly port: number; readonly told?: Told[] };

/** In a hurry, so that a test sees every attempt. */
function openRelay(database: Database, { port, told = [], ...given }: Opening): EmailRelay {
  const tell = (level: string) => (facts: object, message: string) => void told.push({ level, message, facts });
  return new EmailRelay({
    queue: emailQueue(database),
    mailer: mailerTo(port),
    sender: () => SENDER,
    isOutage,
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    lookEveryMs: LOOK_EVERY_MS,
    measureEveryMs: LOOK_EVERY_MS,
    firstDelayMs: FIRST_DELAY_MS,
    ...given,
  });
}

function mailerTo(port: number): SmtpMailer {
  const from = { name: 'Salt & Pine', address: 'hello@pine.example' };
  return new SmtpMailer({ host: '127.0.0.1', port, isTlsFromTheStart: false, login: null, from, connections: MOST_AT_ONCE });
}

/** Everyone is let in unless told otherwise. */
function doorOf(refusals: string[]): Doorkeeper {
  return () => refusals.shift() ?? null;
}

onUsualDatabase('the relay', (place) => {
  const stateOf = (id: string) => emailState(place.database, id);
  const until = (id: string, delivery: string) => eventually(async () => (await stateOf(id)).delivery === delivery);
  const idsOf = ({ mails }: TestSmtp) => mails.map((mail) => mail.header('message-id'));
  const messageId = (id: string) => `<${id}@pine.example>`;
  afterEach(async () => void (await place.database.sql('delete from notification')));

  test('sends what waits, and its token is gone from the row with the mark that it was sent', async () => {
    await using smtp = await startSmtp();
    const id = await writeEmail(place.database);
    await using relay = openRelay(place.database, { port: smtp.port });
    await until(id, 'sent');
    assert.deepEqual(await stateOf(id), { delivery: 'sent', attempts: 1, token: null, failure: null });
    const [[sentAt, expiresAt] = []] = await place.database.sql('select sent_at, token_expires_at from notification');
    assert.ok(Math.abs(timeNow() - Number(sentAt)) < MINUTE);
    assert.equal(expiresAt, null);
    const [mail] = smtp.mails;
    assert.ok(mail);
    assert.ok(mail.text.includes(`https://book.example.org/account#password-reset=${TOKEN}\n`));
    assert.deepEqual([mail.recipients, mail.sender, mail.header('message-id')], [['grace@example.org'], 'hello@pine.example', messageId(id)]);
    await eventually(() => relay.gauges().sent === 1 && relay.gauges().waiting === 0);
  });

  test('takes an e-mail at once when it is told of it', async () => {
    await using smtp = await startSmtp();
    await using relay = openRelay(place.database, { port: smtp.port, lookEveryMs: HOUR });
    const ids = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push(await writeEmail(place.database));
      relay.nudge();
      await eventually(() => smtp.mails.length === count + 1);
    }
    assert.deepEqual(idsOf(smtp), ids.map(messageId));
  });

  test('sends however many wait one after the other, without looking at the clock', async () => {
    await using smtp = await startSmtp();
    const ids = await Promise.all(Array.from({ length: 2 * MOST_AT_ONCE + 1 }, () => writeEmail(place.database)));
    await using _relay = openRelay(place.database, { port: smtp.port, lookEveryMs: HOUR });
    await eventually(() => smtp.mails.length === ids.length);
  });

  test('takes an e-mail that is written while it looks', async () => {
    await using smtp = await startSmtp();
    const queue = emailQueue(place.database);
    let id = '';
    const take: typeof queue.take = async (limit, leaseMs) => {
      const taken = await queue.take(limit, leaseMs);
      if (id === '') {
        id = await writeEmail(place.database);
        relay.nudge();
      }
      return taken;
    };
    await using relay = openRelay(place.database, { port: smtp.port, lookEveryMs: HOUR, queue: { ...queue, take } });
    await eventually(() => smtp.mails.length === 1);
  });

  test('keeps trying while the mail server is away, and says so once', async () => {
    const port = await freePort();
    const told: Told[] = [];
    const ids = [await writeEmail(place.database), await writeEmail(place.database, { email: 'ada@example.org' })];
    await using relay = openRelay(place.database, { port, told });
    await eventually(async () => (await Promise.all(ids.map(stateOf))).every(({ attempts, delivery }) => attempts >= 2 && delivery === 'waiting'));
    assert.equal((await stateOf(ids[0] ?? '')).failure, 'unreachable ECONNREFUSED');
    assert.equal(relay.gauges().waiting, 2);
    await using smtp = await startSmtp({ port });
    for (const id of ids) await until(id, 'sent');
    assert.deepEqual(idsOf(smtp).sort(), ids.map(messageId).sort());
    assert.deepEqual(
      told.map(({ level, message }) => [level, message]),
      [
        ['warn', 'an e-mail could not be sent; trying again'],
        ['info', 'e-mails are sent again'],
      ],
    );
  });

  test('tries again what the mail server puts off', async () => {
    await using smtp = await startSmtp({ doorkeeper: doorOf(['451 4.7.1 come back later', '421 4.3.2 going down', '450 4.2.0 try again']) });
    const id = await writeEmail(place.database);
    await using _relay = openRelay(place.database, { port: smtp.port });
    await until(id, 'sent');
    assert.deepEqual(await stateOf(id), { delivery: 'sent', attempts: 4, token: null, failure: null });
    assert.deepEqual(idsOf(smtp), [messageId(id)]);
  });

  test('gives up at once what the mail server refuses, with its numbers and none of its words, and the token goes', async () => {
    const told: Told[] = [];
    await using smtp = await startSmtp({ doorkeeper: doorOf([`550 5.1.1 nobody there; see /account#password-reset=${TOKEN}`, '554 go away']) });
    const first = await writeEmail(place.database);
    await using relay = openRelay(place.database, { port: smtp.port, told });
    await until(first, 'failed');
    const second = await writeEmail(place.database);
    await until(second, 'failed');
    assert.deepEqual(await stateOf(first), { delivery: 'failed', attempts: 1, token: null, failure: 'refused 550 5.1.1' });
    assert.deepEqual(await stateOf(second), { delivery: 'failed', attempts: 1, token: null, failure: 'refused 554' });
    await eventually(() => relay.gauges().failed === 2);
    assert.deepEqual(told[0], {
      level: 'warn',
      message: 'an e-mail has been given up',
      facts: { emailId: first, topic: 'password-reset', attempts: 1, reason: 'refused 550 5.1.1' },
    });
    assert.deepEqual(smtp.mails, []);
  });

  test('sends nothing that was kept for the owner, is too old, has expired, or has no address that an e-mail can have', async () => {
    await using smtp = await startSmtp();
    // As a node of an older version writes it.
    await place.database.sql(
      `insert into notification (id, topic, email, token, token_expires_at, created_at) values (gen_random_uuid(), 'password-reset', 'old@example.org', $1, $2, $3)`,
      [TOKEN, timeNow() + HOUR, timeNow()],
    );
    const kept = await writeEmail(place.database, { delivery: 'kept' });
    const old = await writeEmail(place.database, { ageMs: DAY + MINUTE });
    const expired = await writeEmail(place.database, { ageMs: HOUR, lifeMs: -MINUTE });
    const purged = await writeEmail(place.database, { ageMs: HOUR, lifeMs: -MINUTE });
    await place.database.sql('update notification set token = null, token_expires_at = null where id = $1', [purged]);
    const crooked = await writeEmail(place.database, { email: 'a@example.org\r\nBcc: everybody@example.org' });
    const list = await writeEmail(place.database, { email: 'a@example.org,b@example.org' });
    const good = await writeEmail(place.database);
    await using _relay = openRelay(place.database, { port: smtp.port });
    await until(good, 'sent');
    for (const [id, failure] of [
      [old, 'too-old'],
      [expired, 'link-expired'],
      [purged, 'link-expired'],
      [crooked, 'bad-address'],
      [list, 'bad-address'],
    ] as const) {
      await until(id, 'failed');
      assert.deepEqual(await stateOf(id), { delivery: 'failed', attempts: 1, token: null, failure });
    }
    assert.deepEqual(await stateOf(kept), { delivery: 'kept', attempts: 0, token: TOKEN, failure: null });
    assert.deepEqual(await place.database.sql(`select delivery, token from notification where email = 'old@example.org'`), [['kept', TOKEN]]);
    assert.deepEqual(idsOf(smtp), [messageId(good)]);
  });

  test('gives an e-mail up when it is too late, with the reason why it could not be sent before', async () => {
    const id = await writeEmail(place.database, { lifeMs: 1_500 });
    // Nor does it wait longer than that: its token would be there meanwhile.
    await using _relay = openRelay(place.database, { port: await freePort(), firstDelayMs: HOUR });
    await until(id, 'failed');
    assert.equal((await stateOf(id)).failure, 'link-expired (unreachable ECONNREFUSED)');
  });

  test('does not send an e-mail whose link has been purged in the meantime', async () => {
    await using smtp = await startSmtp();
    const id = await writeEmail(place.database, { lifeMs: -MINUTE });
    await purgeOldEmails(place.database);
    const good = await writeEmail(place.database);
    await using _relay = openRelay(place.database, { port: smtp.port });
    await until(good, 'sent');
    assert.deepEqual(await stateOf(id), { delivery: 'failed', attempts: 0, token: null, failure: 'link-expired' });
    assert.deepEqual(idsOf(smtp), [messageId(good)]);
  });

  test('leaves what it has no words for to a node of another version', async () => {
    await using smtp = await startSmtp();
    const [unknown, known] = [await writeEmail(place.database, { topic: 'birthday' }), await writeEmail(place.database)];
    await using _relay = openRelay(place.database, { port: smtp.port });
    await until(known, 'sent');
    assert.deepEqual(await stateOf(unknown), { delivery: 'waiting', attempts: 0, token: TOKEN, failure: null });
  });

  test('an e-mail whose relay died after sending is sent again once the lease is over, under the same id', async () => {
    await using smtp = await startSmtp();
    const id = await writeEmail(place.database);
    const [taken] = await emailQueue(place.database).take(1, 400);
    assert.equal(taken?.id, id);
    const mailer = mailerTo(smtp.port);
    const { type } = await mailer.send({ id, to: taken.email, subject: 'as it was', text: 'before it died', writtenAt: taken.createdAt });
    mailer.close();
    assert.equal(type, 'accepted');
    await using _relay = openRelay(place.database, { port: smtp.port });
    await until(id, 'sent');
    assert.deepEqual(idsOf(smtp), [messageId(id), messageId(id)]);
    assert.equal((await stateOf(id)).attempts, 2);
  });

  test('a mail server that never greets keeps nothing else waiting, and no stop', async () => {
    await using silence = await startSilence();
    const ids = await Promise.all(Array.from({ length: MOST_AT_ONCE + 3 }, () => writeEmail(place.database)));
    const told: Told[] = [];
    const [mailer, queue] = [mailerTo(silence.port), emailQueue(place.database)];
    const [sends, settled]: [Promise<unknown>[], string[]] = [[], []];
    const send: typeof mailer.send = (message) => {
      const answer = mailer.send(message);
      sends.push(answer);
      return answer;
    };
    const settle: typeof queue.settle = async (all) => void settled.push(...all.map(({ id }) => id));
    const parts = { mailer: { send, close: () => mailer.close() }, queue: { ...queue, settle } };
    const relay = openRelay(place.database, { port: silence.port, told, stopLimitMs: 200, ...parts });
    await eventually(() => silence.callers === MOST_AT_ONCE);
    assert.equal((await place.database.sql('select 1')).length, 1);
    const begun = performance.now();
    await relay[Symbol.asyncDispose]();
    // The greeting would be waited for ten seconds.
    assert.ok(performance.now() - begun < 8_000);
    // What is cut off is left to its lease: the database may be closed by now.
    await Promise.all(sends);
    await turn();
    assert.deepEqual(settled, []);
    const states = await Promise.all(ids.map(stateOf));
    assert.deepEqual(states.map(({ attempts }) => attempts).sort(), [...Array.from({ length: 3 }, () => 0), ...Array.from({ length: MOST_AT_ONCE }, () => 1)]);
    assert.ok(states.every(({ delivery, failure }) => delivery === 'waiting' && failure === null));
    assert.deepEqual(told, []);
  });

  test('what is being sent when it stops is finished, and what is not begun is given back', async () => {
    await using smtp = await startSmtp();
    const ids = await Promise.all(Array.from({ length: MOST_AT_ONCE }, () => writeEmail(place.database)));
    const relay = openRelay(place.database, { port: smtp.port, lookEveryMs: HOUR });
    await eventually(() => smtp.callers.most > 0);
    await relay[Symbol.asyncDispose]();
    const sent = await place.database.sql(`select id from notification where delivery = 'sent' order by id`);
    assert.deepEqual(
      idsOf(smtp).sort(),
      sent.map(([id]) => messageId(String(id))),
    );
    assert.ok(sent.length > 0);
    for (const { delivery, attempts } of await Promise.all(ids.map(stateOf))) assert.equal(attempts, delivery === 'sent' ? 1 : 0);
  });
});

const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL');
describe('several relays', { skip: postgres?.skip ?? false }, () => {
  const stack = new AsyncDisposableStack();
  const databases: Database[] = [];
  before(async () => {
    const engine = stack.use(await (postgres ?? assert.fail()).start());
    const { config } = stack.use(await engine.fresh());
    for (let node = 0; node < 2; node += 1) databases.push(stack.use(await openDatabase(config)));
  });
  after(() => stack.disposeAsync());

  test('send each of two hundred e-mails once, and both have their share', async () => {
    await using smtp = await startSmtp();
    const [one, other] = databases;
    assert.ok(one !== undefined && other !== undefined);
    const ids = await Promise.all(Array.from({ length: 200 }, (_, index) => writeEmail(one, { email: `reader${index}@example.org` })));
    await using first = openRelay(one, { port: smtp.port });
    await using second = openRelay(other, { port: smtp.port });
    await eventually(() => first.gauges().sent + second.gauges().sent === 200, 30_000);
    assert.deepEqual(smtp.mails.map((mail) => mail.header('message-id')).sort(), ids.map((id) => `<${id}@pine.example>`).sort());
    assert.ok(first.gauges().sent > 0 && second.gauges().sent > 0);
    assert.ok(smtp.callers.most <= 2 * MOST_AT_ONCE);
    const states = () => one.sql('select delivery, count(*), max(attempts), count(token) from notification group by delivery');
    await eventually(async () => (await states()).length === 1);
    assert.deepEqual(await states(), [['sent', 200, 1, 0]]);
  });
});
