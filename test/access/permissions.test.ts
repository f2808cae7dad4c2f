import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { ACTIONS, reachOf, STANDINGS, scopeFor } from '../../src/access/permissions.ts';
import type { Integration, Person } from '../../src/access/principal.ts';
import { isOwnAppointment, may, mayAtAll, refuseAction, refuseAt, WHOLE_BUSINESS } from '../../src/access/rights.ts';
import { ROUTES } from '../../src/gateway/http/routes.ts';
import { MESSAGES } from '../../src/gateway/socket/messages.ts';
import { instant } from '../../src/model/instant.ts';
import type { Role } from '../../src/model/roles.ts';

const identity = { userId: 'u', name: '', email: '', staffId: null, customerId: null, locationId: null, sessionId: 's', expiresAt: instant(0) };
const person = (role: Role, more: Partial<Person> = {}): Person => ({ ...identity, role, ...more });
const key = (scopes: Integration['scopes'], locationId: string | null = null): Integration => ({ ...identity, role: 'integration', scopes, locationId });
const at = (locationId: string, staffId: string | null = null) => ({ locationId, staffId });

describe('the table of permissions', () => {
  test('is the one in docs/permissions.md', async () => {
    const text = await readFile(new URL('../../docs/permissions.md', import.meta.url), 'utf8');
    const documented = text.split('\n').filter((line) => line.startsWith('| `') && line.split('|').length === STANDINGS.length + 4);
    const rows = ACTIONS.map((action) => {
      const cells = STANDINGS.map((standing) => reachOf(action, standing) ?? '–');
      const scope = scopeFor(action);
      return `| \`${action}\` | ${cells.join(' | ')} | ${scope === null ? '–' : `\`${scope}\``} |`;
    });
    assert.deepEqual(documented, rows);
  });
  test('has no action that no route and no message names, but for those that only show more or less', () => {
    const named = new Set([...ROUTES.map((route) => route.action), ...[...MESSAGES.values()].map((message) => message.action)]);
    const onlyShows = ['name-source', 'override-rules', 'see-unlisted'];
    assert.deepEqual(
      ACTIONS.filter((action) => !named.has(action)),
      onlyShows,
    );
  });
});

describe('how far a right reaches', () => {
  test('a user bound to a location reaches that location, and nothing that belongs to all of them', () => {
    const bound = person('manager', { locationId: 'berlin' });
    assert.ok(may(bound, 'manage-staff', at('berlin')));
    assert.ok(!may(bound, 'manage-staff', at('paris')));
    assert.ok(!may(bound, 'manage-services', WHOLE_BUSINESS));
    assert.ok(may(person('manager'), 'manage-services', WHOLE_BUSINESS));
  });
  test('an owner reaches everything, bound or not', () => assert.ok(may(person('owner', { locationId: 'berlin' }), 'manage-staff', at('paris'))));
  test('staff reach their own calendar, and without one none', () => {
    assert.ok(may(person('staff', { staffId: 'ada' }), 'block-time', at('berlin', 'ada')));
    assert.ok(!may(person('staff', { staffId: 'ada' }), 'block-time', at('berlin', 'bo')));
    assert.ok(!may(person('staff'), 'block-time', WHOLE_BUSINESS));
  });
  test('a key may do what its scopes name, at its location', () => {
    assert.ok(may(key(['calendars:write'], 'berlin'), 'block-time', at('berlin')));
    assert.ok(!may(key(['calendars:write'], 'berlin'), 'block-time', at('paris')));
    assert.ok(!mayAtAll(key(['calendars:read']), 'block-time'));
    assert.match(refuseAction(key(['calendars:read']), 'block-time')?.problem.detail ?? '', /scope calendars:write/);
  });
  test('no scope lets a key do what is not for keys', () => {
    assert.match(refuseAction(key(['catalog:write']), 'manage-settings')?.problem.detail ?? '', /not allowed for an API key/);
  });
  test('a guest is asked to log in, somebody who may not is told so', () => {
    assert.equal(refuseAction(null, 'list-appointments')?.problem.code, 'unauthenticated');
    assert.equal(refuseAction(person('customer'), 'block-time')?.problem.code, 'forbidden');
    assert.equal(refuseAt(person('front-desk', { locationId: 'berlin' }), 'block-time', at('paris', 'cy'))?.problem.code, 'forbidden');
    assert.equal(refuseAt(person('front-desk', { locationId: 'berlin' }), 'block-time', at('berlin', 'ada')), undefined);
  });
});

describe('an appointment is somebody’s own', () => {
  const emma = person('customer', { customerId: 'emma', userId: 'user of emma' });
  const made = (customerId: string, createdBy: string | null) => ({ customerId, createdBy });
  test('an appointment belongs to its customer, whatever user made it', () => {
    assert.ok(isOwnAppointment(emma, made('emma', 'the desk'), null));
    assert.ok(isOwnAppointment(emma, made('emma', null), null));
  });
  test('who is a customer and has made it for another person', () => assert.ok(isOwnAppointment(emma, made('finn', 'user of emma'), null)));
  test('once its address was corrected, theirs alone whose account has the one that stands there', () => {
    for (const appointment of [made('emma', null), made('finn', 'user of emma')]) {
      assert.ok(!isOwnAppointment(emma, appointment, { email: 'other@example.org', isCorrected: true }));
      assert.ok(!isOwnAppointment(emma, appointment, { email: null, isCorrected: true }));
      assert.ok(isOwnAppointment(emma, appointment, { email: emma.email, isCorrected: true }));
      assert.ok(isOwnAppointment(emma, appointment, { email: 'other@example.org' }));
    }
    assert.ok(!isOwnAppointment(emma, made('finn', null), { email: emma.email, isCorrected: true }));
  });
  test('and nobody else’s: neither another customer’s nor a guest’s, nor theirs who have made it for the business', () => {
    assert.ok(!isOwnAppointment(emma, made('finn', 'user of finn'), null));
    assert.ok(!isOwnAppointment(null, made('finn', null), null));
    assert.ok(!isOwnAppointment(person('staff', { userId: 'the desk' }), made('emma', 'the desk'), null));
    assert.ok(!isOwnAppointment({ ...key(['appointments:read']), userId: 'a key' }, made('emma', 'a key'), null));
  });
});
