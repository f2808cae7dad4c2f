// What 1,000 bookings on one prefix cost: two nodes that send at the same time, and a double of Twilio. What counts is the same on the embedded
// database: budgets.test.ts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { guardedFetch } from '../../src/integrations/outside/guarded-fetch.ts';
import { twilioSms } from '../../src/integrations/sms/twilio-sms.ts';
import { sendSmsJob } from '../../src/messages/send-sms.ts';
import { DAY, instant, MINUTE } from '../../src/model/instant.ts';
import { smsStore } from '../../src/persistence/messages/sms-store.ts';
import { MESSAGE_KINDS, type MessageSettings } from '../../src/protocol/messages.ts';
import { ENGINES, openFresh } from '../persistence/engines.ts';
import { startTwilio, type TestTwilio, TWILIO_ACCOUNT, TWILIO_TOKEN } from '../support/twilio.ts';

const FLOOD = 1_000;
/** In ten-thousandths: 0.08 for a segment, 2 a day. */
const COSTS = { perSegment: new Map([['DE', 800]]), perDay: 20_000 };
const NOON = instant(30_000 * DAY + DAY / 2);
const EVERYTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, true])) as MessageSettings['sms'];

const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL') ?? assert.fail();

describe('a flood of texts', { skip: postgres.skip }, () => {
  let twilio: TestTwilio;
  let place: Awaited<ReturnType<typeof openFresh>>;
  before(async () => {
    twilio = await startTwilio();
    place = await openFresh(postgres);
  });
  after(async () => {
    await place?.close();
    await twilio?.[Symbol.asyncDispose]();
  });

  async function appointments(): Promise<readonly string[]> {
    const about = { id: '', reference: 'R', serviceId: 's', serviceName: 'Cut', timeZone: 'Europe/Berlin', startsAt: NOON + DAY, endsAt: NOON + DAY };
    await place.database.sql(
      `with people as (
        insert into customer (id, name, email, created_at) select gen_random_uuid(), 'Grace', n || '@example.org', 0 from generate_series(1, $1::int) n returning id
      ), made as (
        insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
          select id, id::text, 'booked', $3::uuid, $3::uuid, $3::uuid, $3::uuid, id, $2::int8, $2::int8, row_number() over (), '{}', 0, 0 from people
          returning id, revision
      ), named as (
        insert into appointment_person (appointment_id, name, email, phone_e164) select id, 'Grace', id::text, '+49151777' || lpad(revision::text, 5, '0') from made returning appointment_id id
      ) insert into message (id, key, kind, channel, locale, customer_id, appointment_id, about, created_at)
        select gen_random_uuid(), id::text, 'appointment-booked', 'sms', 'en', id, id, ($4::jsonb || jsonb_build_object('id', id))::json, $5::int8 from named`,
      [FLOOD, NOON + DAY, '00000000-0000-4000-8000-000000000000', JSON.stringify(about), NOON],
    );
    return (await place.database.sql('select id from message')).map(([id]) => String(id));
  }

  test(`${FLOOD} bookings on one prefix cost what a day may cost, with two nodes, and a node that sends again after a crash`, async () => {
    const outside = guardedFetch({ exempt: new Set(['127.0.0.1']) });
    const account = { url: twilio.url, account: TWILIO_ACCOUNT, token: TWILIO_TOKEN, from: '+4915735985555', publicUrl: 'https://book.example.org' };
    const node = () =>
      sendSmsJob({
        ...{ store: smsStore(place.database, () => undefined), provider: twilioSms(outside, account), costs: COSTS, now: () => NOON },
        settings: () => ({ sms: EVERYTHING, quietHours: null }),
        sender: () => ({ business: 'Salt & Pine', email: '', nameOfStaff: () => null, nameOfService: () => 'Cut', placeOf: () => null }),
        nameOf: (number) => number,
        limits: { emailsPerHour: 1, emailsPerDay: 1, smsPerHour: 10_000, smsPerDay: 10_000, guestBookings: 1, scale: 1 },
        ...{ delay: async () => undefined, onOverBudget: () => undefined, onBudgetLow: () => undefined },
      });
    const ids = await appointments();
    const attempt = { jobId: '', number: 1, signal: AbortSignal.timeout(5 * MINUTE) };
    const halves = [ids.slice(0, FLOOD / 2), ids.slice(FLOOD / 2)];
    await Promise.all(
      halves.map(async (half) => {
        const job = node();
        for (const messageId of half) await job.work({ messageId }, attempt);
      }),
    );
    // As after a crash, when all jobs are done once more by a node that does not know what was done.
    for (const messageId of ids.slice(0, 50)) await node().work({ messageId }, attempt);
    const segments = twilio.taken.reduce((sum, text) => sum + text.segments, 0);
    assert.equal(segments, Math.floor(COSTS.perDay / 800));
    const rows = await place.database.sql('select status, failure, count(*)::int from message group by 1, 2 order by 1');
    assert.deepEqual(rows, [
      ['sent', null, segments],
      ['skipped', 'over-budget sms-cost-day', FLOOD - segments],
    ]);
  });
});
