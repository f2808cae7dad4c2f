import type { Principal } from '../../accounts/principal.ts';
import type { Catalog, StaffMember } from '../../catalog/catalog.ts';
import type { Instant } from '../../model/instant.ts';
import { firstInstantOf } from '../../model/local-dates.ts';
import type { ScreenMessageRead } from '../../protocol/socket.ts';
import type { GatewayContext } from '../context.ts';
import { type Failed, failed, failedField } from '../operations/reply.ts';
import { may, refuseAction } from '../security/rights.ts';
import { kindOfReader, type Reader } from '../security/sight.ts';
import { MAX_CALENDARS_PER_WATCH } from './limits.ts';

export type BoardColumn = { readonly calendarId: string; readonly staffId: string; readonly locationId: string };
/** What a board shows, in words the calendars understand, and to whom. */
export type BoardQuestion = {
  readonly columns: readonly BoardColumn[];
  readonly timeZone: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly principal: Principal | null;
};

type Asked = Pick<ScreenMessageRead<'watch-board'>, 'from' | 'to' | 'staffIds' | 'locationId' | 'timeZone'>;

/**
 * Nobody named: whoever is bound to a location gets that, a staff member the own column, everybody else the whole business. Whoever works here may see when
 * colleagues are busy, but customers only where they may act.
 */
export function boardQuestion(context: GatewayContext, principal: Principal | null, asked: Asked): BoardQuestion | Failed {
  const catalog = context.catalog.snapshot();
  const refusal = refuseAction(principal, 'see-busy-times');
  if (refusal !== undefined) return refusal;
  const locationId = asked.locationId ?? (asked.staffIds === undefined ? (principal?.locationId ?? undefined) : undefined);
  if (locationId !== undefined && !catalog.locations.has(locationId)) return failedField('not-found', 'locationId', 'is not known');
  const wanted =
    asked.staffIds ?? (principal?.role === 'staff' && asked.locationId === undefined && principal.staffId !== null ? [principal.staffId] : undefined);
  const unknown = wanted?.findIndex((staffId) => !catalog.staff.has(staffId)) ?? -1;
  if (unknown >= 0) return failedField('not-found', `staffIds.${unknown}`, 'is not known');
  const staff = [...catalog.staff.values()].filter(
    (member) => (wanted === undefined || wanted.includes(member.id)) && (locationId === undefined || member.locationId === locationId),
  );
  if (!staff.every(({ id, ...member }) => may(principal, 'see-busy-times', { staffId: id, locationId: member.locationId })))
    return failed('forbidden', { detail: 'Some of these calendars belong to another location.' });
  if (staff.length > MAX_CALENDARS_PER_WATCH)
    return failedField('invalid-request', 'staffIds', `would be ${staff.length} calendars; a board has at most ${MAX_CALENDARS_PER_WATCH}`);
  const timeZone = asked.timeZone ?? zoneOfBoard(catalog, locationId, staff);
  const columns = staff.map(({ calendarId, id, locationId: place }) => ({ calendarId, staffId: id, locationId: place }));
  return { columns, timeZone, from: firstInstantOf(asked.from, timeZone), to: firstInstantOf(asked.to, timeZone), principal };
}

/** Whether two questions are about the same calendars, seen by the same eyes. Ranges are what the screen asked for and do not change. */
export function isSameQuestion(one: BoardQuestion, other: BoardQuestion): boolean {
  const essence = ({ columns, timeZone, principal }: BoardQuestion) => {
    const seen = columns.map((column) => [column.calendarId, column.staffId, may(principal, 'see-customers', column)]);
    return JSON.stringify([seen, timeZone, kindOfReader(principal)]);
  };
  return essence(one) === essence(other);
}

export function readerOfColumn({ principal }: BoardQuestion, column: BoardColumn): Reader {
  return { principal, place: column };
}

function zoneOfBoard(catalog: Catalog, locationId: string | undefined, staff: readonly StaffMember[]): string {
  const [first] = catalog.locations.values();
  return (catalog.locations.get(locationId ?? staff[0]?.locationId ?? '') ?? first)?.timeZone ?? 'UTC';
}
