// kill -9 while a plan is carried out: a staff member is away, and every appointment of theirs is moved or cancelled, or nothing has happened.
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
      for (let round = 0; round < ROUNDS; round += 1) {
        let server = await startServer(fresh.config);
        try {
          let ask = await asOwner(server.url);
          const { path, body, choices, before } = await planFor(ask, random, round);
          const key = randomUUID();
          const asked = ask('POST', path, { ...body, stranded: choices }, key).catch(() => undefined);
          await wait(random() * KILL_WITHIN_MS);
          await server.end('SIGKILL');
          await asked;
          server = await startServer(fresh.config);
          ask = await asOwner(server.url);
          const isAway = (await isThere(ask, path, body.id)) ? 'all' : 'nothing';
          seen[isAway] += 1;
          await assertWhole(ask, before, choices, isAway === 'all');
          const again = await ask('POST', path, { ...body, stranded: choices }, key);
          assert.equal(again.status, 201, JSON.stringify(again.body));
          assert.ok(await isThere(ask, path, body.id));
          await assertWhole(ask, before, choices, true);
        } finally {
          await server.end('SIGKILL');
        }
      }
      console.log(`${kind.name}: SEED=${SEED}, ${ROUNDS} kills: ${seen.all} plans were carried out whole, ${seen.nothing} not at all`);
    });
  });
}

type Ask = (method: string, path: string, body?: object, key?: string) => Promise<{ readonly status: number; readonly body: Json }>;
type Choice = { readonly action: 'move' | 'cancel'; readonly staffId?: string; readonly startsAt?: string };

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

/** A day of somebody who has at least two appointments then, one of which is cancelled and the others moved where that is possible. */
async function planFor(ask: Ask, random: () => number, round: number) {
  const { items: staff } = (await ask('GET', '/v1/staff')).body;
  for (let step = 0; step < DAYS * staff.length; step += 1) {
    const { id } = staff[(step + round) % staff.length];
    const date = dateIn(2 + (Math.floor(step / staff.length) % DAYS));
    const body = { id: randomUUID(), startsAt: `${date}T00:00:00Z`, endsAt: `${date}T23:59:00Z` };
    const path = `/v1/staff/${id}/time-off`;
    const plan = (await ask('POST', `${path}?plan=true`, body)).body as HoursPlanReply;
    if (plan.stranded.length < 2) continue;
    const cancelled = Math.floor(random() * plan.stranded.length);
    const choices = Object.fromEntries(
      plan.stranded.map(({ appointmentId, options: [best] }, index): [string, Choice] => [
        appointmentId,
        best === undefined || index === cancelled ? { action: 'cancel' } : { action: 'move', ...best },
      ]),
    );
    return { path: `${path}?planId=${plan.planId}`, body, choices, before: plan.stranded };
  }
  throw new Error('nobody has two appointments on one day');
}

async function isThere(ask: Ask, path: string, id: string): Promise<boolean> {
  const { items } = (await ask('GET', path.slice(0, path.indexOf('?')))).body;
  return items.some((off: Json) => off.id === id);
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
