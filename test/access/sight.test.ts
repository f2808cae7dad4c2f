import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Person, Principal } from '../../src/access/principal.ts';
import { kindOfReader, reasonTold, toldOf } from '../../src/access/sight.ts';
import { instant } from '../../src/model/instant.ts';
import { KEY_SCOPES, type KeyScope, ROLES } from '../../src/model/roles.ts';
import { appointmentAt, id, STAFF } from '../actors/calendar/scene.ts';
import { newDetails } from '../actors/practice.ts';

const [HERE, THERE] = [id(301), id(302)];
const CUSTOMER = id(90);
const DETAILS = newDetails({ name: 'Quagga', email: 'quagga@example.org', notes: 'Quagga' });
const nobody = {
  userId: id(80),
  name: 'N',
  email: 'n@example.org',
  staffId: null,
  customerId: null,
  locationId: null,
  sessionId: id(81),
  expiresAt: instant(0),
};
const person = (role: Person['role'], more: Partial<Person> = {}): Person => ({ ...nobody, role, ...more });
const program = (scopes: readonly KeyScope[], locationId: string | null): Principal => ({ ...nobody, role: 'integration', scopes, locationId });
const customer = person('customer', { customerId: CUSTOMER, name: 'Clara' });
const record = (more: object = {}) => appointmentAt(60, { locationId: HERE, customerId: CUSTOMER, createdBy: id(70), reference: 'R', ...more });
const at = (locationId: string, staffId: string = STAFF) => ({ staffId, locationId });

/** Everybody whose rights differ, at two locations and with two calendars. */
const PRINCIPALS: readonly (Principal | null)[] = [
  null,
  ...ROLES.filter((role) => role !== 'customer').flatMap((role) => [
    person(role),
    person(role, { locationId: HERE }),
    person(role, { locationId: THERE }),
    person(role, { staffId: STAFF }),
    person(role, { staffId: id(3) }),
  ]),
  ...[null, HERE, THERE].flatMap((locationId) => [KEY_SCOPES, ['calendars:read'] as const].map((scopes) => program(scopes, locationId))),
];

test('readers of one kind are told the same of whatever is on a calendar', () => {
  for (const kind of Map.groupBy(PRINCIPALS, kindOfReader).values()) {
    const told = kind.map((principal) =>
      [at(HERE), at(THERE), at(HERE, id(3)), at(THERE, id(3))].map((place) => {
        const reader = { principal, place };
        return [toldOf(reader, record(place), DETAILS), reasonTold(reader, 'Quagga')];
      }),
    );
    for (const each of told) assert.deepEqual(each, told[0]);
  }
});

test('an appointment is read where it was made for, and the reason of a block where the calendar is by now', () => {
  const moved = at(THERE);
  const [here, there] = [person('front-desk', { locationId: HERE }), person('front-desk', { locationId: THERE })];
  assert.equal(toldOf({ principal: here, place: moved }, record(), DETAILS)?.customer?.name, 'Quagga');
  assert.equal(toldOf({ principal: there, place: moved }, record(), DETAILS), null);
  assert.deepEqual(
    [here, there].map((principal) => reasonTold({ principal, place: moved }, 'ill')),
    [null, 'ill'],
  );
});

test('a reason of which it is not known who gave it is taken for one of the business', () => {
  const reader = { principal: customer, place: at(HERE) };
  const reasonOf = (more: object) => toldOf(reader, record({ status: 'cancelled', ...more }), { ...DETAILS, reason: 'Quagga' })?.reason;
  assert.deepEqual([reasonOf({}), reasonOf({ reasonBy: 'business' }), reasonOf({ reasonBy: 'customer' })], [null, null, 'Quagga']);
});

test('what was said later is not told of what was before', () => {
  const reader = { principal: person('owner'), place: at(HERE) };
  const typed = { ...DETAILS, reason: 'Quagga', overrideReason: 'Quagga' };
  const override = { rules: ['too-soon'], by: id(1) } as const;
  const told = (more: object) => toldOf(reader, record(more), typed);
  assert.deepEqual([told({})?.reason, told({ status: 'declined' })?.reason], [null, 'Quagga']);
  assert.deepEqual([told({})?.overrideReason, told({ override })?.overrideReason], [null, 'Quagga']);
});

test('of an appointment whose text was erased its times, status and reference are told', () => {
  const told = toldOf({ principal: person('owner'), place: at(HERE) }, record({ status: 'cancelled' }), null);
  assert.deepEqual([told?.reference, told?.customer, told?.notes, told?.answers, told?.reason], ['R', null, null, {}, null]);
});

test('a manage token tells of the customer until the appointment is over, and of its past no more either', () => {
  const [ahead, over] = [record(), record({ status: 'cancelled' })];
  const told = (of: typeof ahead, shown: typeof ahead) =>
    toldOf({ principal: null, place: at(HERE), of, tokenAt: instant(ahead.startsAt) }, shown, DETAILS)?.customer?.name;
  assert.deepEqual([told(ahead, ahead), told(ahead, over), told(over, over), told(over, ahead)], ['Quagga', undefined, undefined, undefined]);
  assert.equal(toldOf({ principal: null, place: at(HERE), of: ahead, tokenAt: ahead.endsAt }, ahead, DETAILS), null);
});

test('a reply repeats what the caller wrote, and shows customers no notes of staff', () => {
  const typed = { ...DETAILS, staffNotes: 'VIP' };
  const told = (principal: Principal | null) => toldOf({ principal, place: at(HERE), as: 'author' }, record(), typed);
  assert.deepEqual([told(null)?.staffNotes, told(customer)?.staffNotes], [null, null]);
  assert.equal(told(person('staff', { staffId: id(3) }))?.staffNotes, 'VIP');
  assert.equal(told(program(['appointments:write'], null))?.customer?.name, 'Quagga');
});
