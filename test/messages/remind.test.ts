// Which reminders follow from which appointments, on both databases, however often any node looks.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import express from 'express';
import { ClaimTokens } from '../../src/access/claim-tokens.ts';
import { TokenKeys } from '../../src/access/token-keys.ts';
import { plainPage } from '../../src/gateway/http/plain-page.ts';
import { unsubscribePages } from '../../src/gateway/http/unsubscribe-pages.ts';
import { SmtpMailer } from '../../src/integrations/smtp/smtp-mailer.ts';
import { RateLimits } from '../../src/limits/rate-limits.ts';
import type { Mailer } from '../../src/mail/mailer.ts';
import { MessageSender } from '../../src/messages/message-sender.ts';
import { Messages } from '../../src/messages/messages.ts';
import { remindJob } from '../../src/messages/remind.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import { messageQueue } from '../../src/persistence/messages/message-queue.ts';
import { addMessages, messageStore } from '../../src/persistence/messages/message-store.ts';
import { MESSAGE_KINDS, type MessageSettings } from '../../src/protocol/messages.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';
import { quiet } from '../consumers/followed-log.ts';
import { eventually } from '../support/eventually.ts';
import { startSmtp } from '../support/smtp.ts';

const EVERYTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, true])) as MessageSettings['email'];
const PATIENCE_MS = 30_000;
const NO_BUDGETS = {
  nameOf: () => 'hash',
  limits: { emailsPerHour: 9, emailsPerDay: 9, smsPerHour: 1, smsPerDay: 1, guestBookings: 1, scale: 1 },
  onOverBudget: () => undefined,
};

onUsualDatabase('reminders', (place) => {
  afterEach(async () => {
    for (const table of ['message', 'appointment', 'customer']) await place.database.sql(`delete from ${table}`);
  });
  const clock = async () => instant(Number((await place.database.sql('select (extract(epoch from clock_timestamp()) * 1000)::int8'))[0]?.[0]));

  /** An appointment that starts in so many milliseconds, and was made so long ago. */
  async function appointment(startsIn: number, { madeAgo = 9 * DAY, status = 'booked' } = {}): Promise<string> {
    const [id, customerId] = [randomUUID(), randomUUID()];
    const now = await clock();
    await place.database.sql('insert into customer (id, name, email, created_at) values ($1::uuid, $2, $3, 0)', [
      customerId,
      'Grace',
      `${customerId}@example.org`,
    ]);
    await place.database.sql(
      `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
        values ($1::uuid, $1::uuid::text, $2, $3::uuid, $3::uuid, $3::uuid, $3::uuid, $3::uuid, $4::int8, $4::int8 + ${HOUR}, 1, $5::jsonb, $6::int8, $6::int8)`,
      [
        id,
        status,
        customerId,
        now + startsIn,
        '{"timeZone":"Europe/Berlin","price":{"amount":0,"currency":"EUR"},"policy":{"cancelUntilMinutes":0,"rescheduleUntilMinutes":0,"refundRules":[]},"locale":"fr"}',
        now - madeAgo,
      ],
    );
    return id;
  }
  const move = (id: string, by: number) =>
    place.database.sql('update appointment set starts_at = starts_at + $2::int8, ends_at = ends_at + $2::int8 where id = $1', [id, by]);

  const store = () => messageStore(place.database, async () => undefined);
  /** Everything that waits. */
  async function send(mailer: Mailer | null = null, unsubscribeLinkTo = (_customerId: string, _address: string) => ''): Promise<void> {
    const queue = messageQueue(place.database);
    await using _sender = new MessageSender({
      ...{ queue, mailer, unsubscribeLinkTo, isOutage: () => false, log: quiet },
      sender: () => ({ business: 'Salt & Pine', email: '', nameOfStaff: () => null, nameOfService: () => 'Cut', placeOf: () => null }),
      settings: () => ({ email: EVERYTHING }),
      ...{ deskLink: '', bookingLink: '' },
      linkTo: () => 'https://book.example.org/#',
      now: () => now,
      ...NO_BUDGETS,
    });
    await eventually(async () => (await queue.waiting()).emails === 0, PATIENCE_MS);
  }
  let now: Instant = instant(0);
  /** One look of one node. */
  async function look(reminderMinutes: readonly number[] = [24 * 60]): Promise<void> {
    now = await clock();
    const write = (messages: Parameters<typeof addMessages>[1]) => place.database.transaction((em) => addMessages(em, messages, async () => undefined));
    await remindJob({ store: store(), settings: () => ({ reminderMinutes }), channelsOf: () => ['email'], write, now: () => now }).work(
      {},
      { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) },
    );
  }
  const reminded = async () =>
    (await place.database.sql("select appointment_id, (about ->> 'startsAt')::int8, locale from message order by id")).map(([id]) => id);

  test('what starts within the offset is reminded of once, however many nodes look how often', async () => {
    const due = await appointment(23 * HOUR);
    await appointment(25 * HOUR);
    await Promise.all([look(), look()]);
    await look();
    assert.deepEqual(await reminded(), [due]);
    assert.equal((await place.database.sql('select locale from message'))[0]?.[0], 'fr');
  });

  test('what is cancelled, over, or only requested is not', async () => {
    await appointment(2 * HOUR, { status: 'cancelled' });
    await appointment(2 * HOUR, { status: 'pending' });
    await appointment(-MINUTE);
    await look();
    assert.deepEqual(await reminded(), []);
  });

  test('who booked within the offset, or an hour before it, has just been told', async () => {
    await appointment(2 * HOUR, { madeAgo: MINUTE });
    await appointment(24 * HOUR - MINUTE, { madeAgo: 50 * MINUTE });
    const earlier = await appointment(24 * HOUR - MINUTE, { madeAgo: 2 * HOUR });
    await look();
    assert.deepEqual(await reminded(), [earlier]);
  });

  test('one that is moved is reminded of once more, at its new time', async () => {
    const id = await appointment(HOUR);
    await look();
    await move(id, 3 * DAY);
    await look();
    assert.deepEqual(await reminded(), [id]);
    await move(id, -2 * DAY - 2 * HOUR);
    await look();
    await look();
    assert.deepEqual(await reminded(), [id, id]);
  });

  test('there is one for each offset', async () => {
    const id = await appointment(20 * HOUR);
    await look([24 * 60, 60]);
    await look([24 * 60, 21 * 60, 60]);
    await look([24 * 60, 21 * 60, 60]);
    assert.deepEqual(await reminded(), [id, id]);
  });

  test('offsets that have come due together are one reminder, and none are without offsets', async () => {
    const id = await appointment(50 * MINUTE);
    await look([]);
    assert.deepEqual(await reminded(), []);
    await look([14 * 24 * 60, 24 * 60, 60]);
    await look([14 * 24 * 60, 24 * 60, 60]);
    assert.deepEqual(await reminded(), [id]);
  });

  test('it is not sent when the appointment has another time by then', async () => {
    const id = await appointment(HOUR);
    await look();
    await move(id, DAY);
    await send();
    assert.deepEqual(await place.database.sql('select status, failure from message'), [['skipped', 'moved']]);
  });

  test('its headers end the reminders to that address with one request, and to another address they go on', async () => {
    await using smtp = await startSmtp();
    const from = { name: 'Salt & Pine', address: 'hello@pine.example' };
    const mailer = new SmtpMailer({ host: '127.0.0.1', port: smtp.port, isTlsFromTheStart: false, login: null, from, connections: 1 });
    const tokens = new ClaimTokens(new TokenKeys('s'.repeat(32)));
    const messages = new Messages({ store: store(), now: () => now });
    const parts = { tokens, messages, limits: new RateLimits(1_000, null), config: { trustedProxies: 0 } };
    const web = express()
      .use(unsubscribePages(parts, plainPage(null)))
      .listen(0, '127.0.0.1');
    await once(web, 'listening');
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const sent = async () => {
      await send(mailer, (customerId, address) => `${url}/unsubscribe/${tokens.unsubscribeToken(customerId, address)}`);
      return (await place.database.sql('select status, failure from message order by id desc limit 1'))[0];
    };
    const id = await appointment(HOUR);
    await look();
    assert.deepEqual(await sent(), ['sent', null]);
    const [mail] = smtp.mails;
    assert.equal(mail?.header('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
    const link =
      mail
        ?.header('list-unsubscribe')
        ?.match(/<(.*)>/)?.[1]
        ?.replaceAll(/\s/g, '') ?? '';
    const ask = async (method: string, body?: FormData | URLSearchParams, at = link) => {
      const said = await fetch(at, { method, ...(body && { body }) });
      return [said.status, /<h1>(.*)<\/h1>/.exec(await said.text())?.[1]];
    };
    assert.deepEqual(await ask('GET'), [200, 'No more reminders?']);
    assert.deepEqual(await ask('POST', new URLSearchParams({ x: 'y' })), [400, 'Nothing was changed']);
    assert.deepEqual(await ask('POST', new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), `${link}x`), [404, 'This link is not valid']);
    const again = async (by: number) => {
      await move(id, by);
      await look();
      return sent();
    };
    assert.deepEqual(await again(MINUTE), ['sent', null]);
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    assert.deepEqual(await ask('POST', form), [200, 'You get no more reminders']);
    assert.deepEqual(await again(MINUTE), ['skipped', 'unsubscribed']);
    assert.deepEqual(await ask('POST', new URLSearchParams({ reminders: 'again' })), [200, 'You get reminders again']);
    assert.deepEqual(await again(MINUTE), ['sent', null]);
    assert.deepEqual(await ask('POST', new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })), [200, 'You get no more reminders']);
    await place.database.sql("update customer set email = 'new-' || email");
    assert.deepEqual(await again(MINUTE), ['sent', null]);
    const newLink = (
      smtp.mails
        .at(-1)
        ?.header('list-unsubscribe')
        ?.match(/<(.*)>/)?.[1] ?? ''
    ).replaceAll(/\s/g, '');
    assert.deepEqual(await ask('POST', new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), newLink), [200, 'You get no more reminders']);
    for (const said of [{ 'List-Unsubscribe': 'One-Click' }, { reminders: 'again' }]) {
      assert.equal((await ask('POST', new URLSearchParams(said)))[0], 200);
      assert.deepEqual(await again(MINUTE), ['skipped', 'unsubscribed'], 'the link of the old address says nothing of the new one');
    }
    mailer.close();
    web.closeAllConnections();
    web.close();
  });
});
