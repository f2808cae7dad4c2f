// Reminders, whatever comes in between: nodes that look twice, are killed before or in the middle of writing, or commit late, while appointments are booked, moved and
// cancelled and the clocks change. Against the real statements and a clock of the test's own: the rule is one statement and one unique key, and a model of them would prove
// the model. `SEEDS=500 SEED=7 npm test -- remind-in-disorder`
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { NewMessage } from '../../src/messages/message.ts';
import { remindJob } from '../../src/messages/remind.ts';
import { DAY, HOUR, type Instant, instant, MINUTE } from '../../src/model/instant.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { addMessages, messageStore } from '../../src/persistence/messages/message-store.ts';
import { type Random, randomFrom } from '../faults/load.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { sharedPostgres } from '../support/shared-postgres.ts';

const SEEDS = Number(process.env.SEEDS ?? 15);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = 40;
/** Three hours before clocks in Berlin are put forward. */
const BEGIN = instant(Date.UTC(2027, 2, 27, 22));
const OFFSETS = [24 * 60, 2 * 60, 60];
/** E-mails wait in their rows. */
const NO_JOBS = async () => undefined;
const NODE_DIED = 'the node has died';

/** The clock of the statements is a row; a name that stands without its schema is looked up along this path. */
const CLOCK = `create schema if not exists moved; create table moved.present (at int8 not null); insert into moved.present values (${BEGIN});
  create or replace function moved.clock_timestamp() returns timestamptz language sql volatile as 'select to_timestamp(at / 1000.0) from moved.present'`;

type Known = { startsAt: number; status: 'booked' | 'cancelled'; toldAt: number; readonly createdAt: number };

describe('reminders in disorder', { skip: POSTGRES_MISSING }, () => {
  const opened = new AsyncDisposableStack();
  let database: Database;
  before(async () => {
    const { url } = opened.use(await opened.use(await sharedPostgres()).fresh());
    const plain = await openDatabase({ kind: 'postgres', url }, { migrates: false });
    for (const statement of CLOCK.split(/;\s*\n?/)) await plain.sql(statement);
    await plain.sql(`do $$ begin execute format('alter database %I set search_path = public, moved, pg_catalog', current_database()); end $$`);
    await plain[Symbol.asyncDispose]();
    database = opened.use(await openDatabase({ kind: 'postgres', url }, { migrates: false }));
  });
  after(() => opened.disposeAsync());

  test(`there is one for each appointment, start and offset that has come due, and it waits to be sent (SEED=${SEED})`, {
    timeout: 120_000 + SEEDS * 5_000,
  }, async () => {
    let reminders = 0;
    for (let seed = SEED; seed < SEED + SEEDS; seed += 1) reminders += await storm(database, seed);
    assert.ok(reminders > SEEDS, `only ${reminders} reminders`);
  });

  test('a key with something random in it is found out', async () => {
    await assert.rejects(
      storm(database, SEED, (message) => ({ ...message, key: `${message.key}#${message.id}` })),
      /reminders/,
    );
  });
});

/** Plays one disorder from a seed and compares. How many reminders there were. */
async function storm(database: Database, seed: number, change: (message: NewMessage) => NewMessage = (message) => message): Promise<number> {
  for (const table of ['message', 'appointment', 'customer']) await database.sql(`delete from ${table}`);
  await database.sql('update moved.present set at = $1', [BEGIN]);
  const world = new World(database, randomFrom(seed), change);
  for (let step = 0; step < STEPS; step += 1) await world.step();
  await world.look();
  return await world.compare(seed);
}

class World {
  readonly #database: Database;
  readonly #random: Random;
  readonly #change: (message: NewMessage) => NewMessage;
  readonly #appointments = new Map<string, Known>();
  /** What a look that ended well has found to be due, and what any look may have written. */
  readonly #expected = new Set<string>();
  readonly #allowed = new Set<string>();
  #now: Instant = BEGIN;
  #made = 0;

  constructor(database: Database, random: Random, change: (message: NewMessage) => NewMessage) {
    this.#database = database;
    this.#random = random;
    this.#change = change;
  }

  async step(): Promise<void> {
    const choice = this.#random();
    if (choice < 0.3) await this.#book();
    else if (choice < 0.45) await this.#move();
    else if (choice < 0.5) await this.#cancel();
    else if (choice < 0.7) await this.#pass(this.#random() < 0.9 ? this.#random() * 20 * MINUTE : this.#random() * 5 * HOUR);
    else if (choice < 0.78) await Promise.all([this.look(), this.look()]);
    else if (choice < 0.84) await this.#dying(() => Promise.reject(new Error(NODE_DIED)));
    else if (choice < 0.9) await this.#dying((messages) => this.#inTransaction(messages, () => Promise.reject(new Error(NODE_DIED))));
    else if (choice < 0.95) await this.#late();
    else await this.look();
  }

  /** Of a node that does what it should. */
  async look(): Promise<void> {
    for (const key of this.#due()) this.#expected.add(key);
    await this.#run((messages) => this.#inTransaction(messages));
  }

  async compare(seed: number): Promise<number> {
    const rows = await this.#database.sql(`select key, next_attempt_at <= $1::int8 from message where kind = 'appointment-reminder'`, [this.#now]);
    const keys = rows.map(([key]) => String(key).replace(/#.*/, ''));
    const missing = [...this.#expected].filter((key) => !keys.includes(key));
    const unfounded = keys.filter((key) => !this.#allowed.has(key));
    assert.deepEqual(
      { missing, unfounded, doubled: keys.length - new Set(keys).size },
      { missing: [], unfounded: [], doubled: 0 },
      `reminders of SEED=${seed}`,
    );
    assert.ok(
      rows.every(([, isDue]) => isDue === true),
      `SEED=${seed}: each waits to be sent`,
    );
    return keys.length;
  }

  async #pass(milliseconds: number): Promise<void> {
    this.#now = instant(Math.floor(this.#now + milliseconds));
    await this.#database.sql('update moved.present set at = $1', [this.#now]);
  }

  async #book(): Promise<void> {
    this.#made += 1;
    const id = `00000000-0000-4000-8000-${String(this.#made).padStart(12, '0')}`;
    const startsAt = this.#start();
    const createdAt = this.#now - Math.floor(this.#random() * 3 * DAY);
    this.#appointments.set(id, { startsAt, createdAt, status: 'booked', toldAt: 0 });
    await this.#database.sql(`insert into customer (id, name, email, created_at) values ($1::uuid, 'Grace', $1::uuid || '@example.org', 0)`, [id]);
    await this.#database.sql(
      `insert into appointment (id, reference, status, calendar_id, staff_id, location_id, service_id, customer_id, starts_at, ends_at, revision, details, created_at, updated_at)
        values ($1::uuid, $2, 'booked', $1, $1, $1, $1, $1, $3::int8, $3::int8 + ${HOUR}, 1, $4::jsonb, $5::int8, $5::int8)`,
      [
        id,
        id,
        startsAt,
        '{"timeZone":"Europe/Berlin","price":{"amount":0,"currency":"EUR"},"policy":{"cancelUntilMinutes":0,"rescheduleUntilMinutes":0,"refundRules":[]}}',
        createdAt,
      ],
    );
  }

  /** Within two days, often just before or after the clocks change. */
  #start(): number {
    return this.#now + Math.floor((this.#random() < 0.5 ? 4 * HOUR : 2 * DAY) * this.#random()) + MINUTE;
  }

  #some(): readonly [string, Known] | undefined {
    const all = [...this.#appointments].filter(([, { status }]) => status === 'booked');
    return all[Math.floor(this.#random() * all.length)];
  }

  /** And the customer is told, now and then. */
  async #move(): Promise<void> {
    const [id, known] = this.#some() ?? [];
    if (id === undefined || known === undefined) return;
    known.startsAt = this.#start();
    await this.#database.sql('update appointment set starts_at = $2::int8, ends_at = $2::int8 where id = $1', [id, known.startsAt]);
    if (this.#random() < 0.5) return;
    known.toldAt = this.#now;
    await this.#database.sql(
      `insert into message (id, key, kind, locale, customer_id, appointment_id, about, created_at) values (gen_random_uuid(), gen_random_uuid(), 'appointment-changed', 'en', $1, $1, '{}', $2)`,
      [id, this.#now],
    );
  }

  async #cancel(): Promise<void> {
    const [id, known] = this.#some() ?? [];
    if (id === undefined || known === undefined) return;
    known.status = 'cancelled';
    await this.#database.sql(`update appointment set status = 'cancelled' where id = $1`, [id]);
  }

  /** A node has written and not committed, another one looks meanwhile; the first then commits, or dies. */
  async #late(): Promise<void> {
    const [written, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const dies = this.#random() < 0.5;
    const late = this.#dying((messages) =>
      this.#inTransaction(messages, async () => {
        written.resolve();
        await release.promise;
        if (dies) throw new Error(NODE_DIED);
      }),
    );
    await Promise.race([written.promise, late]);
    await this.#move();
    const other = this.look();
    release.resolve();
    await Promise.all([late, other]);
  }

  async #dying(write: (messages: readonly NewMessage[]) => Promise<void>): Promise<void> {
    for (const key of this.#due()) this.#allowed.add(key);
    await this.#run(write).catch((failure: unknown) => {
      if (!String(failure).includes(NODE_DIED)) throw failure;
    });
  }

  async #run(write: (messages: readonly NewMessage[]) => Promise<void>): Promise<void> {
    for (const key of this.#expected) this.#allowed.add(key);
    const job = remindJob({
      store: messageStore(this.#database, NO_JOBS),
      settings: () => ({ reminderMinutes: OFFSETS }),
      channelsOf: () => ['email'],
      write,
      now: () => this.#now,
    });
    await job.work({}, { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) });
  }

  #inTransaction(messages: readonly NewMessage[], then: () => Promise<void> = async () => undefined): Promise<void> {
    return this.#database.transaction(async (em) => {
      await addMessages(em, messages.map(this.#change), NO_JOBS);
      await then();
    });
  }

  /** What the rules say is due now, by themselves. */
  #due(): readonly string[] {
    return [...this.#appointments].flatMap(([id, { startsAt, createdAt, status, toldAt }]) => {
      if (status !== 'booked' || startsAt <= this.#now) return [];
      const shortest = OFFSETS.filter((minutes) => startsAt <= this.#now + minutes * MINUTE).at(-1);
      if (shortest === undefined) return [];
      const dueAt = startsAt - shortest * MINUTE;
      return dueAt > createdAt + HOUR && toldAt <= dueAt - HOUR ? [`reminder/${id}/${startsAt}/${shortest}`] : [];
    });
  }
}
