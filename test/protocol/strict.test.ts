// Nothing that is asked is silently ignored: a name that no schema knows is refused, and the nearest known one is suggested.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import type { Route } from '../../src/gateway/http/route.ts';
import { ROUTES } from '../../src/gateway/http/routes.ts';
import { type ScreenMessage, screenMessages } from '../../src/protocol/socket.ts';
import { TestScreen } from '../gateway/socket/test-screen.ts';
import { openTestServer, TEST_OWNER, type TestServer } from '../support/test-server.ts';

/** Objects inside a schema that let unknown names through, by their path. */
function openObjects(schema: z.core.$ZodType, path: string): string[] {
  if (schema instanceof z.ZodObject) {
    const open = schema.def.catchall instanceof z.ZodNever ? [] : [path];
    return [...open, ...Object.entries(schema.shape).flatMap(([name, field]) => openObjects(field as z.core.$ZodType, `${path}.${name}`))];
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return openObjects(schema.def.innerType, path);
  if (schema instanceof z.ZodPipe) return openObjects(schema.def.in, path);
  if (schema instanceof z.ZodIntersection) return [...openObjects(schema.def.left, path), ...openObjects(schema.def.right, path)];
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => openObjects(option, path));
  if (schema instanceof z.ZodArray) return openObjects(schema.def.element, `${path}[]`);
  if (schema instanceof z.ZodRecord) return openObjects(schema.def.valueType, `${path}{}`);
  return [];
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const UNKNOWN = 'noSuchName';
type Answer = { code?: string; errors?: { path: string; message: string }[] };
const isRefusedByName = ({ code, errors }: Answer, about: string) => {
  assert.equal(code, 'invalid-request', about);
  assert.ok(
    errors?.some(({ path, message }) => path === UNKNOWN && message.startsWith('is not known')),
    `${about}: ${JSON.stringify(errors)}`,
  );
};

test('no schema of a request has an object that lets unknown names through', () => {
  const ofRoutes = ROUTES.flatMap((route) => {
    const { query, body } = route.schemas;
    return [...(query ? openObjects(query, `${nameOf(route)} query`) : []), ...(body ? openObjects(body, `${nameOf(route)} body`) : [])];
  });
  assert.ok(ROUTES.length > 50);
  assert.deepEqual(ofRoutes, []);
  assert.deepEqual(
    Object.entries(screenMessages).flatMap(([name, schema]) => openObjects(schema, name)),
    [],
  );
});

describe('a server', () => {
  let server: TestServer;
  let owner: string;
  let screen: TestScreen;
  before(async () => {
    server = await openTestServer({ isDemo: false });
    owner = await server.login(TEST_OWNER);
    screen = await TestScreen.open(server.url, owner);
  });
  after(async () => {
    screen?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const NAMES: Readonly<Record<string, string>> = { date: '2030-01-01', kind: 'appointment-booked', channel: 'email', locale: 'en', report: 'bookings' };
  const addressOf = ({ path }: Route) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? crypto.randomUUID());

  // What a provider of texts signs has the fields that it wants.
  for (const route of ROUTES.filter(({ isSigned }) => isSigned !== true)) {
    test(`${nameOf(route)} refuses a query parameter that it does not know`, async () => {
      const said = await server.ask(route.method.toUpperCase(), `${addressOf(route)}?${UNKNOWN}=1`, { token: owner });
      isRefusedByName(said.body, said.text);
    });
    if (route.method === 'get' || route.isTable === true) continue;
    test(`${nameOf(route)} refuses a field that it does not know`, async () => {
      const said = await server.ask(route.method.toUpperCase(), addressOf(route), { token: owner, body: { [UNKNOWN]: 1 } });
      isRefusedByName(said.body, said.text);
    });
  }

  for (const name of Object.keys(screenMessages) as ScreenMessage[]) {
    test(`the message ${name} refuses a field that it does not know`, async () => {
      const answer = await screen.ask(name, { [UNKNOWN]: 1 });
      isRefusedByName(answer.problem, JSON.stringify(answer));
    });
  }

  const suggestions: readonly [method: string, path: string, body: object | undefined, unknown: string, known: string | undefined][] = [
    ['POST', '/v1/appointments?dryrun=true', {}, 'dryrun', 'dryRun'],
    ['GET', '/v1/slots?staffID=1', undefined, 'staffID', 'staffId'],
    ['GET', '/v1/appointments?customer=1', undefined, 'customer', 'customerId'],
    ['POST', '/v1/appointments', { staff_id: '1' }, 'staff_id', 'staffId'],
    ['POST', '/v1/appointments', { customer: { mail: 'a@example.org' } }, 'customer.mail', 'email'],
    ['PUT', `/v1/locations/${crypto.randomUUID()}/hours`, { weekly: [{ day: 'monday', form: '09:00', to: '17:00' }] }, 'weekly.0.form', 'from'],
    ['PATCH', `/v1/locations/${crypto.randomUUID()}?plan=true`, { timeZone: 'Asia/Tokyo' }, 'plan', undefined],
    ['POST', '/v1/appointments', { notify: { everyone: true } }, 'notify.everyone', undefined],
    ['POST', '/v1/holds', { onConflict: 'queue' }, 'onConflict', undefined],
  ];
  for (const [method, path, body, unknown, known] of suggestions) {
    test(`${unknown} is not known${known === undefined ? ', nor is anything like it' : `: ${known} is suggested`}`, async () => {
      const said = await server.ask<Answer>(method, path, { token: owner, body });
      const message = known === undefined ? 'is not known' : `is not known; did you mean ${known}?`;
      assert.deepEqual(
        said.body.errors?.find((error) => error.path === unknown),
        { path: unknown, message },
        said.text,
      );
    });
  }

  test('what cannot be paid here is not sold as paid', async () => {
    const service = { name: 'Massage', minutes: 30, price: { amount: 5_000, currency: 'EUR' } };
    const full = await server.ask<Answer>('POST', '/v1/services', { token: owner, body: { ...service, paymentPolicy: 'full' } });
    assert.equal(full.body.code, 'payments-off');
    assert.deepEqual(full.body.errors, [{ path: 'paymentPolicy', message: 'must be none: no payment provider is set up here' }]);
  });
});
