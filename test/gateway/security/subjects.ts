// What rights are about: an appointment and a hold that somebody made, on somebody's calendar, at some location.

import type { z } from 'zod';
import { readAccessToken } from '../../../src/accounts/access-tokens.ts';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { TokensReply } from '../../../src/protocol/auth.ts';
import type { publicStaff } from '../../../src/protocol/catalog.ts';
import type { HoldReply } from '../../../src/protocol/holds.ts';
import { TEST_PASSWORD } from '../../support/test-server.ts';
import { berlinTime } from '../business.ts';
import type { Cast, CastMember } from '../cast.ts';
import { TEST_KEYS } from '../socket/test-screen.ts';

export type StaffReply = z.output<typeof publicStaff>;
export type Subject = {
  readonly locationId: string;
  readonly staffId: string;
  /** At the same location. */
  readonly resourceId: string;
  readonly calendarId: string;
  readonly serviceId: string;
  /** A start at which nothing is. */
  readonly freeAt: string;
  readonly customerId: string;
  readonly appointmentId: string;
  readonly manageToken: string;
  readonly holdId: string;
  readonly holdToken: string;
  /** The user who made it, if logged in; otherwise an id that does not exist. */
  readonly sessionId: string;
};
/** What a request shows to prove that something is the asker's. */
export type Shown = Pick<Subject, 'manageToken' | 'holdToken'>;

type Making = {
  readonly with: StaffReply;
  /** null is a guest. */
  readonly by: CastMember | null;
  readonly customer?: { readonly name: string; readonly email: string; readonly phone?: string };
  readonly more?: object;
};

const FIRST_DAY = 3;
/** Subjects of one server have days of their own, so that none stands in another's way. */
const days = new WeakMap<object, number>();
/** Both zones have their opening hours then. */
const TIMES = { appointment: '15:00', hold: '15:30', free: '16:00' } as const;

export async function makeSubject(cast: Cast, { with: staff, by, customer, more = {} }: Making): Promise<Subject> {
  const day = days.get(cast.server) ?? FIRST_DAY;
  days.set(cast.server, day + 1);
  const at = (time: string) => ({ serviceId: cast.haircut.id, staffId: staff.id, startsAt: berlinTime(day, time) });
  const token = by === null ? undefined : cast.tokenOf[by];
  const isCustomer = by === 'clara@example.org' || by === 'dan@example.org';
  const whom = customer ?? { name: 'Grace', email: isCustomer ? by : 'grace@example.org' };
  const booked = await cast.ask<AppointmentReply>('POST', '/v1/appointments', {
    token,
    body: { ...at(TIMES.appointment), customer: whom, allowOverlap: true, ...more },
  });
  const held = await cast.ask<HoldReply>('POST', '/v1/holds', { token, body: at(TIMES.hold) });
  if (booked.status !== 201 || held.status !== 201) throw new Error(`${booked.text} ${held.text}`);
  return {
    locationId: staff.locationId,
    staffId: staff.id,
    resourceId: cast.rooms.get(staff.locationId)?.id,
    calendarId: staff.calendarId,
    serviceId: cast.haircut.id,
    freeAt: berlinTime(day, TIMES.free),
    customerId: booked.body.customer?.id ?? '',
    appointmentId: booked.body.id,
    manageToken: booked.body.manageToken ?? '',
    holdId: held.body.id,
    holdToken: held.body.token ?? '',
    sessionId: token === undefined ? crypto.randomUUID() : sessionOf(token),
  };
}

export async function logIn(cast: Cast, email: string): Promise<Required<TokensReply>> {
  const said = await cast.ask<Required<TokensReply>>('POST', '/v1/auth/login', { body: { email, password: TEST_PASSWORD } });
  if (said.status !== 200) throw new Error(`${email} could not log in: ${said.text}`);
  return said.body;
}

export function sessionOf(token: string): string {
  return readAccessToken(token, TEST_KEYS)?.sessionId ?? crypto.randomUUID();
}

export function customerOf(token: string): string {
  return readAccessToken(token, TEST_KEYS)?.customerId ?? crypto.randomUUID();
}
