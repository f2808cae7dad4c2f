// kill -9 while a plan is carried out: a staff member is away or a location closed, and every appointment of theirs is moved or cancelled, or nothing has happened.
// `KILL_ROUNDS=20 SEED=… npm test -- kill-in-plan` kills more often, or makes the same choices again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { HoursPlanReply } from '../../src/protocol/hours-plans.ts';
import { USUAL_ENGINES } from '../persistence/engines.ts';
import { dateIn } from '../support/dates.ts';
import { type Json, TEST_PASSWORD } from '../support/test-server.ts';
import { startServer } from './demo-process.ts';
import { randomFrom } from './load.ts';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 1);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** A plan takes some tens of milliseconds. */
const KILL_WITHIN_MS = 60;
const DAYS = 25;

for (const kind of USUAL_ENGINES) {
  describe(`a server on ${kind.name} that is killed while it carries out a plan`, { skip: kind.skip }, () => {
    test(`has done all of it or nothing, ${ROUNDS} times (SEED=${SEED})`, { timeout: 60_000 + ROUNDS * 60_000 }, async () => {
      await using engine = await kind.start();
      await using fresh = await engine.fresh();
      const random = randomFrom(SEED);
      const seen = { all: 0, nothing: 0 };
      for (let round = 0; round < ROUNDS * 2; round += 1) {
        let server = await startServer(fresh.config);
        try {
          let ask = await asOwner(server.url);
          const { method, path, body, choices, before, isThere } = await (round % 2 === 0 ? awayPlan : closedPlan)(ask, random, round);
          const key = randomUUID();
          const asked = ask(method, path, { ...body, stranded: choices }, key).catch(() => undefined);
          await wait(random() * KILL_WITHIN_MS);
          await server.end('SIGKILL');
          await asked;
          server = await startServer(fresh.config);
          ask = await asOwner(server.url);
          const isDone = (await isThere(ask)) ? 'all' : 'nothing';
          seen[isDone] += 1;
          await assertWhole(ask, before, choices, isDone === 'all');
          const again = await ask(method, path, { ...body, stranded: choices }, key);
          assert.ok(again.status === 200 || again.status === 201, JSON.stringify(again.body));
          assert.ok(await isThere(ask));
          await assertWhole(ask, before, choices, true);
        } finally {
          await server.end('SIGKILL');
        }
      }
      console.log(`${kind.name}: SEED=${SEED}, ${ROUNDS * 2} kills: ${seen.all} plans were carried out whole, ${seen.nothing} not at all`);
    });
  });
}

type Ask = (method: string, path: string, body?: object, key?: string) => Promise<{ readonly status: number; readonly body: Json }>;
type Choice = { readonly action: 'move' | 'cancel' | 'keep'; readonly staffId?: string; readonly startsAt?: string };

async function asOwner(url: string): Promise<Ask> {
  const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const answer = await fetch(url + path, { method, headers, ...sent });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const { body } = await send('POST', '/v1/auth/login', { email: 'owner@demo.test', password: TEST_PASSWORD });
  return (method, path, sent, key) =>
    send(method, path, sent, { authorization: `Bearer ${body.accessToken}`, ...(key !== undefined && { 'idempotency-key': key }) });
}

type Planned = {
  readonly method: string;
  readonly path: string;
  readonly body: object;
  readonly choices: Record<string, Choice>;
  readonly before: HoursPlanReply['stranded'];
  readonly isThere: (ask: Ask) => Promise<boolean>;
};

/** A day of a person who has at least two appointments then, one of which is cancelled and the others moved where that is possible. */
async function awayPlan(ask: Ask, random: () => number, round: number): Promise<Planned> {
  const { items: staff } = (await ask('GET', '/v1/staff')).body;
  for (let step = 0; step < DAYS * staff.length; step += 1) {
    const { id } = staff[(step + round) % staff.length];
    const date = dateIn(2 + (Math.floor(step / staff.length) % DAYS));
    const body = { id: randomUUID(), startsAt: `${date}T00:00:00Z`, endsAt: `${date}T23:59:00Z` };
    const path = `/v1/staff/${id}/time-off`;
    const plan = (await ask('POST', `${path}?plan=true`, body)).body as HoursPlanReply;
    if (plan.stranded.length < 2) continue;
    const isThere = async (then: Ask) => (await then('GET', path)).body.items.some((off: Json) => off.id === body.id);
    return { method: 'POST', path: `${path}?planId=${plan.planId}`, body, choices: choicesFor(plan, random), before: plan.stranded, isThere };
  }
  throw new Error('no person has two appointments on one day');
}

/** The same of a location, with all of its calendars. */
async function closedPlan(ask: Ask, random: () => number): Promise<Planned> {
  const { items: locations } = (await ask('GET', '/v1/locations')).body;
  for (let step = 0; step < DAYS * locations.length; step += 1) {
    const { id } = locations[step % locations.length];
    const date = dateIn(2 + Math.floor(step / locations.length));
    const body = { dates: { [date]: [] } };
    const path = `/v1/locations/${id}/special-dates`;
    const plan = (await ask('PUT', `${path}?plan=true`, body)).body as HoursPlanReply;
    if (!(plan.stranded?.length >= 2)) continue;
    const isThere = async (then: Ask) => (await then('GET', `/v1/locations/${id}/hours`)).body.specialDates[date]?.length === 0;
    return { method: 'PUT', path: `${path}?planId=${plan.planId}`, body, choices: choicesFor(plan, random), before: plan.stranded, isThere };
  }
  throw new Error('no location has two appointments on one day');
}

function choicesFor({ stranded }: HoursPlanReply, random: () => number): Record<string, Choice> {
  const cancelled = Math.floor(random() * stranded.length);
  return Object.fromEntries(
    stranded.map(({ appointmentId, status, options: [best] }, index): [string, Choice] => {
      if (status === 'checked-in') return [appointmentId, { action: 'keep' }];
      return [appointmentId, best === undefined || index === cancelled ? { action: 'cancel' } : { action: 'move', ...best }];
    }),
  );
}

async function assertWhole(ask: Ask, before: HoursPlanReply['stranded'], choices: Record<string, Choice>, isDone: boolean): Promise<void> {
  for (const { appointmentId, staffId, startsAt } of before) {
    const now = (await ask('GET', `/v1/appointments/${appointmentId}`)).body as AppointmentReply;
    const { action, ...to } = choices[appointmentId] ?? assert.fail(appointmentId);
    const isCancelled = isDone && action === 'cancel';
    const where = isDone && action === 'move' ? to : { staffId, startsAt };
    assert.deepEqual([now.status === 'cancelled', now.staffId, Date.parse(now.startsAt)], [isCancelled, where.staffId, Date.parse(where.startsAt ?? '')]);
  }
}
