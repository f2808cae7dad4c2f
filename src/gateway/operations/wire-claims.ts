// Claims as boards and calendars show them.
import type { Principal } from '../../accounts/principal.ts';
import type { CalendarView, ClaimView } from '../../actors/scheduler.ts';
import type { ClaimReply } from '../../protocol/calendars.ts';
import type { AppointmentRecord, GatewayContext } from '../context.ts';
import { may, WHOLE_BUSINESS } from '../security/rights.ts';
import { placeOfCalendar } from './staff-directory.ts';
import type { Telling } from './wire-events.ts';
import { wireTime } from './wire-times.ts';

/**
 * The claims of some calendars, by calendar id, with names, references and reasons where the reader may know them. One read of the database for all of them.
 * Times are told in `timeZone`, or each calendar's in its location's.
 */
export async function wireClaims(
  context: GatewayContext,
  principal: Principal | null,
  views: readonly CalendarView[],
  timeZone?: string,
): Promise<ReadonlyMap<string, readonly ClaimReply[]>> {
  const visible = new Set(views.filter((view) => maySeeCustomers(context, principal, view.calendarId)));
  const ids = [...visible].flatMap((view) => view.claims.filter((claim) => claim.kind === 'appointment').map((claim) => claim.id));
  const records: ReadonlyMap<string, AppointmentRecord> = ids.length === 0 ? new Map() : await context.appointments.byIds(ids);
  const zoneOf = (calendarId: string) => timeZone ?? placeOfCalendar(context, calendarId)?.timeZone ?? 'UTC';
  return new Map(
    views.map((view) => [
      view.calendarId,
      view.claims.map((claim) => wireClaim(claim, { timeZone: zoneOf(view.calendarId), maySee: visible.has(view) }, records.get(claim.id))),
    ]),
  );
}

export function maySeeCustomers(context: GatewayContext, principal: Principal | null, calendarId: string): boolean {
  return may(principal, 'see-customers', placeOfCalendar(context, calendarId) ?? WHOLE_BUSINESS);
}

function wireClaim(claim: ClaimView, { timeZone, maySee }: Telling, record: AppointmentRecord | undefined): ClaimReply {
  return {
    kind: claim.kind,
    id: claim.id,
    startsAt: wireTime(claim.startsAt, timeZone),
    endsAt: wireTime(claim.endsAt, timeZone),
    lane: claim.lane,
    seats: claim.seats,
    serviceId: claim.serviceId,
    status: claim.status,
    ...(claim.expiresAt !== null && { expiresAt: wireTime(claim.expiresAt, timeZone) }),
    ...(claim.kind === 'block' && { reason: maySee ? claim.reason : null }),
    ...(record && { reference: record.reference, customer: record.customer, notes: record.notes }),
  };
}
