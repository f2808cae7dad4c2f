import type { Principal } from '../../access/principal.ts';
import { may, refuseAction } from '../../access/rights.ts';
import { kindOfReader, type Reader } from '../../access/sight.ts';
import type { Catalogs, Reading } from '../../booking/parts.ts';
import type { Catalog, Resource, StaffMember } from '../../catalog/catalog.ts';
import type { Instant } from '../../model/instant.ts';
import { firstInstantOf } from '../../model/local-dates.ts';
import { type Failed, failed, failedField, isFailed } from '../../protocol/reply.ts';
import type { BoardColumnReply, BoardResourceReply, ScreenMessageRead } from '../../protocol/socket.ts';
import { MAX_CALENDARS_PER_WATCH } from './limits.ts';

/** A staff member's, or with `staffId` null a resource's. `locationId`: where the calendar is now; blocks and time off belong there, an appointment has a place of its own. */
export type BoardColumn = {
  readonly calendarId: string;
  readonly staffId: string | null;
  readonly resourceId: string | null;
  readonly name: string;
  readonly presence: BoardColumnReply['presence'];
  readonly locationId: string;
};
/** What a board shows, in words the calendars understand, and to whom. */
export type BoardQuestion = {
  /** Those who work there first, then those who only have claims there, then resources in the same order. */
  readonly columns: readonly BoardColumn[];
  /** The location whose claims bring further calendars onto the board; null: any location; undefined: none, since staff members were named. */
  readonly strayLocationId: string | null | undefined;
  readonly timeZone: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly principal: Principal | null;
};

type Asked = Pick<ScreenMessageRead<'watch-board'>, 'from' | 'to' | 'staffIds' | 'locationId' | 'timeZone'>;

/**
 * Without a name: a user bound to a location gets that location, a staff member their own column, everyone else the whole business. Staff may see when
 * colleagues are busy, but customers only where they may act.
 */
export function boardQuestion(parts: Catalogs, principal: Principal | null, asked: Asked, strays: readonly string[] = []): BoardQuestion | Failed {
  const catalog = parts.catalog.snapshot();
  const refusal = refuseAction(principal, 'see-busy-times');
  if (refusal !== undefined) return refusal;
  const locationId = asked.locationId ?? (asked.staffIds === undefined ? (principal?.locationId ?? undefined) : undefined);
  const { locations } = parts.catalog.snapshotWithArchived();
  // Of one that has been removed: what was kept there is still going to happen.
  if (locationId !== undefined && !locations.has(locationId)) return failedField('not-found', 'locationId', 'is not known');
  const wanted =
    asked.staffIds ?? (principal?.role === 'staff' && asked.locationId === undefined && principal.staffId !== null ? [principal.staffId] : undefined);
  const unknown = wanted?.findIndex((staffId) => !catalog.staff.has(staffId)) ?? -1;
  if (unknown >= 0) return failedField('not-found', `staffIds.${unknown}`, 'is not known');
  const staff = [...catalog.staff.values()].filter(
    (member) => (wanted === undefined || wanted.includes(member.id)) && (locationId === undefined || member.locationId === locationId),
  );
  if (!staff.every(({ id, ...member }) => may(principal, 'see-busy-times', { staffId: id, locationId: member.locationId })))
    return failed('forbidden', { detail: 'Some of these calendars belong to another location.' });
  const resources = [...catalog.resources.values()].filter(
    (resource) => wanted === undefined && (locationId === undefined || resource.locationId === locationId),
  );
  const reachable = resources.filter((resource) => may(principal, 'see-busy-times', { staffId: null, locationId: resource.locationId }));
  const columns = [
    ...staff.map((member) => columnOf(member, 'here')),
    ...strayed(parts, 'staff', staff, strays).map((member) => columnOf(member, catalog.staff.has(member.id) ? 'moved' : 'left')),
    ...reachable.map((resource) => columnOfResource(resource, 'here')),
    ...strayed(parts, 'resources', reachable, strays).map((resource) => columnOfResource(resource, catalog.resources.has(resource.id) ? 'moved' : 'left')),
  ];
  if (columns.length > MAX_CALENDARS_PER_WATCH)
    return failedField('invalid-request', 'staffIds', `would be ${columns.length} calendars; a board can have at most ${MAX_CALENDARS_PER_WATCH}`);
  const timeZone = asked.timeZone ?? locations.get(locationId ?? '')?.timeZone ?? zoneOfBoard(catalog, staff);
  const strayLocationId = wanted === undefined ? (locationId ?? null) : undefined;
  return { columns, strayLocationId, timeZone, from: firstInstantOf(asked.from, timeZone), to: firstInstantOf(asked.to, timeZone), principal };
}

/**
 * The question with the calendars of those who do not work there, or not any more, and have appointments or holds there: nothing that is going to happen
 * is missing on a board. `undefined`: catalog or rights have changed while they were looked for.
 */
export async function boardWithStrays(
  parts: Catalogs & Pick<Reading, 'appointments'>,
  askerNow: () => Principal | null,
  asked: Asked,
): Promise<BoardQuestion | Failed | undefined> {
  const question = boardQuestion(parts, askerNow(), asked);
  if (isFailed(question) || question.strayLocationId === undefined) return question;
  const { columns, strayLocationId: locationId, from, to } = question;
  const strays = await parts.appointments.calendarsWithClaims({ from, to, locationId, besides: columns.map(({ calendarId }) => calendarId) });
  const now = boardQuestion(parts, askerNow(), asked);
  if (isFailed(now)) return now;
  return isSameQuestion(now, question) ? boardQuestion(parts, askerNow(), asked, strays) : undefined;
}

/** In the order of the catalog. */
function strayed(
  parts: Catalogs,
  of: 'staff' | 'resources',
  here: readonly (StaffMember | Resource)[],
  strays: readonly string[],
): readonly (StaffMember | Resource)[] {
  if (strays.length === 0) return [];
  const wanted = new Set(strays);
  for (const { calendarId } of here) wanted.delete(calendarId);
  return [...parts.catalog.snapshotWithArchived()[of].values()].filter(({ calendarId }) => wanted.has(calendarId));
}

type Named = Pick<StaffMember | Resource, 'calendarId' | 'id' | 'name' | 'locationId'>;

function columnOf({ calendarId, id, name, locationId }: Named, presence: BoardColumn['presence']): BoardColumn {
  return { calendarId, staffId: id, resourceId: null, name, presence, locationId };
}

function columnOfResource({ calendarId, id, name, locationId }: Named, presence: BoardColumn['presence']): BoardColumn {
  return { calendarId, staffId: null, resourceId: id, name, presence, locationId };
}

/** Whose a column is, on the wire. */
export function whoseColumn({ staffId, resourceId }: BoardColumn): { readonly staffId: string } | { readonly resourceId: string } {
  return staffId === null ? { resourceId: resourceId ?? '' } : { staffId };
}

export function wireColumns(columns: readonly BoardColumn[]): {
  readonly columns: readonly BoardColumnReply[];
  readonly resources: readonly BoardResourceReply[];
} {
  return {
    columns: columns.flatMap(({ calendarId, staffId, name, presence }) => (staffId === null ? [] : [{ calendarId, staffId, staffName: name, presence }])),
    resources: columns.flatMap(({ calendarId, resourceId, name, presence }) =>
      resourceId === null ? [] : [{ calendarId, resourceId, resourceName: name, presence }],
    ),
  };
}

/** Whether two questions are about the same calendars, seen by the same eyes. Ranges are what the screen asked for and do not change. */
export function isSameQuestion(one: BoardQuestion, other: BoardQuestion): boolean {
  const essence = ({ columns, timeZone, principal }: BoardQuestion) => {
    const seen = columns.map((column) => [column.calendarId, column.staffId, column.name, column.presence, may(principal, 'see-customers', column)]);
    return JSON.stringify([seen, timeZone, kindOfReader(principal)]);
  };
  return essence(one) === essence(other);
}

export function readerOfColumn({ principal }: BoardQuestion, column: BoardColumn): Reader {
  return { principal, place: column };
}

function zoneOfBoard(catalog: Catalog, staff: readonly StaffMember[]): string {
  const [first] = catalog.locations.values();
  return (catalog.locations.get(staff[0]?.locationId ?? '') ?? first)?.timeZone ?? 'UTC';
}
