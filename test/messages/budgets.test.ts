// What budgets count, on both databases and by two that ask at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { type BudgetLimits, sharesOf } from '../../src/messages/budgets.ts';
import { DAY, HOUR, instant } from '../../src/model/instant.ts';
import { messageStore } from '../../src/persistence/messages/message-store.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';

const LIMITS: BudgetLimits = { emailsPerHour: 1_000, emailsPerDay: 30, smsPerHour: 1, smsPerDay: 1, guestBookings: 2, scale: 1 };
const NOON = instant(20_000 * DAY + 12 * HOUR);

onUsualDatabase('budgets of messages', (place) => {
  afterEach(async () => {
    for (const table of ['message', 'message_budget', 'staff_notification', 'notified_person', 'user_account'])
      await place.database.sql(`delete from ${table}`);
  });
  async function message(): Promise<string> {
    const id = randomUUID();
    await place.database.sql(
      `insert into message (id, key, kind, locale, customer_id, appointment_id, about, created_at)
        values ($1::uuid, $1::uuid::text, 'appointment-booked', 'en', $1::uuid, $1::uuid, '{}', 0)`,
      [id],
    );
    return id;
  }
  const spend = (id: string, { recipient = id, source = null as string | null, at = NOON } = {}) =>
    messageStore(place.database, async () => undefined).spend(id, sharesOf({ channel: 'email', recipient, source, at }, LIMITS));
  async function spendMany(count: number, about: Parameters<typeof spend>[1] = {}): Promise<readonly (string | null)[]> {
    const ids = await Promise.all(Array.from({ length: count }, message));
    return (await Promise.all(ids.map((id) => spend(id, about)))).map(({ full }) => full);
  }
  const refusals = (full: readonly (string | null)[]) => full.filter((budget) => budget !== null);

  test('one recipient gets no more than the hour has room for, and the message that finds none is skipped', async () => {
    const full = await spendMany(25, { recipient: 'grace' });
    assert.deepEqual(
      refusals(full),
      Array.from({ length: 5 }, () => 'email-recipient-hour'),
    );
    const rows = await place.database.sql(`select status, failure, count(*)::int from message group by 1, 2 order by 1`);
    assert.deepEqual(rows, [
      ['skipped', 'over-budget email-recipient-hour', 5],
      ['waiting', null, 20],
    ]);
    assert.deepEqual(refusals(await spendMany(1, { recipient: 'grace', at: instant(NOON + HOUR) })), []);
  });

  test('of all refusals by a budget in its hour exactly one is news, which the owner is told', async () => {
    await place.database.sql(
      `insert into user_account (id, email, name, role, password_hash, created_at, version) values ($1::uuid, 'owner@example.org', 'O', 'owner', '', 0, 1)`,
      [randomUUID()],
    );
    const ids = await Promise.all(Array.from({ length: 24 }, message));
    const spent = await Promise.all(ids.map((id, index) => spend(id, { recipient: 'grace', source: `other${index}.with.none` })));
    assert.deepEqual([spent.filter(({ full }) => full !== null).length, spent.filter(({ isNews }) => isNews).length], [4, 1]);
    assert.deepEqual(await place.database.sql('select kind, about from staff_notification'), [['budget-reached', { budget: 'email-recipient-hour' }]]);
  });

  test('what is asked twice about one message counts once', async () => {
    const id = await message();
    for (let time = 0; time < 25; time += 1) assert.deepEqual(await spend(id, { recipient: 'grace' }), { full: null, isNews: false, low: [] });
    assert.deepEqual(await place.database.sql(`select sum(used)::int from message_budget where name = 'email-total-day'`), [[1]]);
  });

  test('a network has twice as much as the narrowest part of it, however many parts ask', async () => {
    const full = await Promise.all(Array.from({ length: 16 }, async (_, index) => (await spend(await message(), { source: `net.half${index}.one` })).full));
    assert.deepEqual(
      refusals(full),
      Array.from({ length: 4 }, () => 'email-source-hour'),
    );
    // Of an IPv4 address, six in an hour.
    assert.equal(refusals(await spendMany(8, { source: 'address' })).length, 2);
  });

  test('a message that one budget refuses takes nothing from the others', async () => {
    await spendMany(21, { recipient: 'grace' });
    assert.equal(refusals(await spendMany(10)).length, 0);
    assert.deepEqual(refusals(await spendMany(2)), ['email-total-day', 'email-total-day']);
  });
});
