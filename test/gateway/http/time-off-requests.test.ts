// Time off that staff members ask for: managers approve it by a plan or decline it, and the calendar has the last word.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import type { Json } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import { type Cast, type CastMember, openCast } from '../cast.ts';
import { isProblem } from '../is-problem.ts';

let cast: Cast;
before(async () => {
  cast = await openCast();
});
after(() => cast?.[Symbol.asyncDispose]());

const ADA = 'ada@example.org';
const MANAGER = 'manager.berlin@example.org';
const as = (who: CastMember, method: string, path: string, body?: object, headers = {}) =>
  cast.ask(method, path, { token: cast.tokenOf[who], headers, ...(body && { body }) });
const span = (day: number) => ({ startsAt: berlinTime(day, '09:00'), endsAt: berlinTime(day, '17:00'), kind: 'holiday' });
const pathOf = (staffId: string) => `/v1/staff/${staffId}/time-off-requests`;
async function asked(day: number, more: object = {}): Promise<Json> {
  const said = await as(ADA, 'POST', pathOf(cast.ada.id), { ...span(day), ...more });
  assert.equal(said.status, 201, said.text);
  return said.body;
}
const verb = (id: string, what: string) => `/v1/time-off-requests/${id}/${what}`;
const listed = async (who: CastMember, query = '') => (await as(who, 'GET', `/v1/time-off-requests${query}`)).body.items as readonly Json[];
const now = async (id: string) => (await listed('owner@example.org', '?limit=200')).find((one) => one.id === id);
const told = async (who: CastMember, kind: string, id: string): Promise<readonly Json[]> =>
  (await as(who, 'GET', '/v1/notifications?limit=100')).body.items.filter((one: Json) => one.kind === kind && one.timeOffRequest?.id === id);
const timesOff = async () => (await as('owner@example.org', 'GET', `/v1/staff/${cast.ada.id}/time-off`)).body.items as readonly Json[];
const mails = async () =>
  (await as('owner@example.org', 'GET', '/v1/account-emails')).body.items.filter(({ topic }: Json) => topic === 'time-off-decided').length;

test('who asks is told once it is approved by a plan, and the time off is in the calendar with what becomes of the appointments', async () => {
  const booked = await as('owner@example.org', 'POST', '/v1/appointments', {
    ...{ serviceId: cast.haircut.id, staffId: cast.ada.id, startsAt: berlinTime(3, '10:00'), customer: { name: 'Grace' } },
  });
  const request = await asked(3, { note: 'My brother gets married.' });
  assert.deepEqual([request.status, request.note, request.answer, request.decidedAt], ['open', 'My brother gets married.', null, null]);
  for (const who of [MANAGER, 'owner@example.org'] as const) assert.equal((await told(who, 'time-off-requested', request.id)).length, 1, who);
  for (const who of ['desk@example.org', 'bo@example.org', ADA] as const) assert.equal((await told(who, 'time-off-requested', request.id)).length, 0, who);

  isProblem(await as(MANAGER, 'POST', verb(request.id, 'approve'), {}), 'invalid-request');
  const plan = await as(MANAGER, 'POST', `${verb(request.id, 'approve')}?plan=true`, {});
  assert.deepEqual(
    plan.body.stranded.map(({ appointmentId }: Json) => appointmentId),
    [booked.body.id],
    plan.text,
  );
  assert.deepEqual([(await now(request.id))?.status, await timesOff()], ['open', []], 'a plan changes nothing');
  const byPlan = `${verb(request.id, 'approve')}?planId=${plan.body.planId}`;
  isProblem(await as(MANAGER, 'POST', byPlan, {}), 'invalid-request', `stranded.${booked.body.id}`);
  const [wasMailed, requestId] = [await mails(), randomUUID()];
  const key = { 'idempotency-key': randomUUID(), 'x-request-id': requestId };
  const body = { answer: 'Enjoy it', stranded: { [booked.body.id]: { action: 'cancel' } } };
  const approved = await as(MANAGER, 'POST', byPlan, body, key);
  assert.deepEqual([approved.status, approved.body.status, approved.body.answer], [200, 'approved', 'Enjoy it'], approved.text);
  assert.deepEqual((await as(MANAGER, 'POST', byPlan, body, key)).body, approved.body);
  assert.deepEqual(
    (await timesOff()).map(({ id, reason }) => [id, reason]),
    [[request.id, null]],
  );
  assert.equal((await as('owner@example.org', 'GET', `/v1/appointments/${booked.body.id}`)).body.status, 'cancelled');
  assert.deepEqual(
    (await told(ADA, 'time-off-decided', request.id)).map(({ timeOffRequest }) => timeOffRequest.status),
    ['approved'],
  );
  for (const who of ['owner@example.org', 'bo@example.org'] as const) assert.equal((await told(who, 'time-off-decided', request.id)).length, 0, who);
  assert.equal(await mails(), wasMailed + 1);
  await eventually(async () => (await as('owner@example.org', 'GET', '/v1/audit?limit=50')).body.complete === true);
  const entries = (await as('owner@example.org', 'GET', '/v1/audit?limit=50')).body.items as readonly Json[];
  const left = entries.filter((one) => one.requestId === requestId).map(({ action }) => action);
  assert.deepEqual([...new Set(left)].toSorted(), ['hours.changed', 'time-off.approved']);
  assert.ok(!JSON.stringify(entries).includes('married'), 'the trail has no notes');
  for (const again of ['withdraw', 'decline', 'approve?plan=true'])
    isProblem(await as(again === 'withdraw' ? ADA : MANAGER, 'POST', verb(request.id, again), {}), 'wrong-status');
});

test('a request is declined with an answer, or withdrawn by who asked, once; the person chooses what they are told by e-mail', async () => {
  const [declined, withdrawn] = [await asked(4), await asked(5)];
  await as(ADA, 'PATCH', '/v1/me/notification-settings', { email: { 'time-off-decided': false } });
  const wasMailed = await mails();
  const said = await as(MANAGER, 'POST', verb(declined.id, 'decline'), { answer: 'Bo is away then.' });
  assert.deepEqual([said.status, said.body.status, said.body.answer], [200, 'declined', 'Bo is away then.']);
  assert.deepEqual([(await told(ADA, 'time-off-decided', declined.id)).length, await mails()], [1, wasMailed]);
  assert.equal((await as(ADA, 'POST', verb(withdrawn.id, 'withdraw'), {})).body.status, 'withdrawn');
  isProblem(await as(ADA, 'POST', verb(withdrawn.id, 'withdraw'), {}), 'wrong-status');
  isProblem(await as(MANAGER, 'POST', `${verb(withdrawn.id, 'approve')}?plan=true`, {}), 'wrong-status');
  assert.deepEqual([(await now(declined.id))?.status, (await now(withdrawn.id))?.status], ['declined', 'withdrawn']);
});

test('staff ask for themselves and read their own; managers ask, read and decide where they are, and no one else does', async () => {
  const { id } = await asked(6);
  for (const who of ['bo@example.org', 'desk@example.org', 'clara@example.org'] as const)
    isProblem(await as(who, 'POST', pathOf(cast.ada.id), span(6)), 'forbidden');
  const reads = async (who: CastMember) => (await listed(who)).some((one) => one.id === id);
  const readers = [ADA, MANAGER, 'manager@example.org', 'owner@example.org', 'bo@example.org', 'cy@example.org'] as const;
  assert.deepEqual(await Promise.all(readers.map(reads)), [true, true, true, true, false, false]);
  isProblem(await as('desk@example.org', 'GET', '/v1/time-off-requests'), 'forbidden');
  isProblem(await as('bo@example.org', 'POST', verb(id, 'withdraw'), {}), 'not-found');
  isProblem(await as(ADA, 'POST', verb(id, 'decline'), {}), 'forbidden');
  const elsewhere = await as('cy@example.org', 'POST', pathOf(cast.cy.id), span(6));
  isProblem(await as(MANAGER, 'POST', verb(elsewhere.body.id, 'decline'), {}), 'not-found');
  assert.equal((await as('manager@example.org', 'POST', verb(elsewhere.body.id, 'decline'), {})).status, 200);
});

test('what cannot be asked for is refused by name, twenty open requests are enough, and a page leads to the next', async () => {
  for (const [more, field] of [
    [{ endsAt: berlinTime(7, '08:00') }, 'endsAt'],
    [{ kind: 'sabbatical' }, 'kind'],
    [{ note: 'x'.repeat(2_001) }, 'note'],
    [{ reason: 'none' }, 'reason'],
    [{ startsAt: '2020-01-01T09:00:00Z', endsAt: '2020-01-02T09:00:00Z' }, 'endsAt'],
  ] as const)
    isProblem(await as(ADA, 'POST', pathOf(cast.ada.id), { ...span(7), ...more }), 'invalid-request', field);
  const key = { 'idempotency-key': randomUUID() };
  const first = await as(ADA, 'POST', pathOf(cast.ada.id), span(7), key);
  assert.equal((await as(ADA, 'POST', pathOf(cast.ada.id), span(7), key)).body.id, first.body.id, 'asking again under the same key is the same request');
  isProblem(await as(ADA, 'POST', pathOf(cast.ada.id), { ...span(7), id: first.body.id }), 'id-in-use');
  const open = (await listed(ADA, '?status=open&limit=50')).length;
  const rush = await Promise.all(Array.from({ length: 23 - open }, () => as(ADA, 'POST', pathOf(cast.ada.id), span(8))));
  assert.equal(rush.filter(({ status }) => status === 201).length, 20 - open);
  for (const said of rush.filter(({ status }) => status !== 201)) isProblem(said, 'limit-reached');
  const pages: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Json = (await as(ADA, 'GET', `/v1/time-off-requests?status=open&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`)).body;
    pages.push(...page.items.map(({ id }: Json) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual([pages.length, new Set(pages).size], [20, 20]);
  isProblem(await as(ADA, 'GET', '/v1/time-off-requests?cursor=nothing'), 'invalid-request', 'cursor');
  for (const id of pages) assert.equal((await as(ADA, 'POST', verb(id, 'withdraw'), {})).status, 200);
});

test('a request that takes the id of a time off of other days is not approved by it', async () => {
  const off = await as(MANAGER, 'POST', `/v1/staff/${cast.ada.id}/time-off`, { startsAt: berlinTime(11, '09:00'), endsAt: berlinTime(11, '17:00') });
  assert.equal(off.status, 201, off.text);
  const request = await asked(12, { id: off.body.id });
  assert.equal((await as(ADA, 'POST', verb(request.id, 'withdraw'), {})).body.status, 'withdrawn');
  assert.equal((await now(request.id))?.status, 'withdrawn');
});

test('what the calendar has carried out is approved, also where the node crashed before the request was, and a plan is outdated once the calendar has moved on', async () => {
  const request = await asked(9);
  const plan = (await as(MANAGER, 'POST', `${verb(request.id, 'approve')}?plan=true`, {})).body;
  const booked = { serviceId: cast.haircut.id, staffId: cast.ada.id, startsAt: berlinTime(9, '10:00'), customer: { name: 'Grace' } };
  const { id } = (await as('owner@example.org', 'POST', '/v1/appointments', booked)).body;
  isProblem(await as(MANAGER, 'POST', `${verb(request.id, 'approve')}?planId=${plan.planId}`, { stranded: {} }), 'plan-outdated');
  assert.equal((await now(request.id))?.status, 'open');
  // As the crash leaves it: the calendar has the time off, and the request does not know.
  const { startsAt, endsAt } = span(9);
  const off = await as('owner@example.org', 'POST', `/v1/staff/${cast.ada.id}/time-off?appointments=keep`, { id: request.id, startsAt, endsAt });
  assert.equal(off.status, 201, off.text);
  isProblem(await as(ADA, 'POST', verb(request.id, 'withdraw'), {}), 'wrong-status');
  assert.equal((await now(request.id))?.status, 'approved');
  assert.equal((await as('owner@example.org', 'GET', `/v1/appointments/${id}`)).body.status, 'booked');
});
