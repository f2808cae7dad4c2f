import type { FieldError } from '../model/field-error.ts';
import { staffFields } from '../protocol/catalog.ts';
import { withDefaults } from '../protocol/managed-fields.ts';
import { audited } from './audited.ts';
import type { StaffMember } from './catalog.ts';
import { type CatalogChange, invalid, notFound, refuseMore, versionMismatch } from './catalog-answer.ts';
import type { CatalogTransaction } from './catalog-store-port.ts';
import { changed, type StaffChanges, type StaffDraft } from './drafts.ts';
import { locationNamed, newCalendar } from './new-calendar.ts';

/** A new staff member comes with a calendar that starts with a copy of the location's hours. */
export function addStaffMember(draft: StaffDraft): CatalogChange<StaffMember> {
  return async (transaction) => {
    const taken = await transaction.staffMember(draft.id);
    if (taken !== undefined) return { refusal: { code: 'id-in-use', detail: 'A staff member with this id already exists.' } };
    if (await transaction.hasCalendar(draft.calendarId)) return { refusal: { code: 'id-in-use', detail: 'A calendar with this id already exists.' } };
    const full = await refuseMore(transaction, 'staff');
    if (full !== undefined) return full;
    const location = await locationNamed(transaction, draft.locationId);
    if ('refusal' in location) return location;
    const { timeZone, ownHours, weekly, mostStarts = {}, ...rest } = draft;
    const member: StaffMember = { ...withDefaults(staffFields, rest), version: 1 };
    const errors = invalid(await unknownServices(transaction, member.serviceIds));
    if (errors !== undefined) return errors;
    await transaction.addStaffMember(member, newCalendar(draft.calendarId, location, { timeZone, ownHours, weekly, mostStarts }));
    return { value: member, audit: audited('staff-member.added', member, null, { ...member, timeZone, ownHours, weekly, mostStarts }) };
  };
}

export function changeStaffMember(id: string, changes: StaffChanges, expectedVersions: readonly number[] | null): CatalogChange<StaffMember> {
  return async (transaction) => {
    const member = await transaction.staffMember(id);
    if (member === undefined || member.archived) return notFound('staff member');
    const mismatch = versionMismatch(expectedVersions, member.version);
    if (mismatch !== undefined) return mismatch;
    const next = { ...changed(member, changes), version: member.version + 1 };
    const location = await locationNamed(transaction, next.locationId);
    if ('refusal' in location) return location;
    const errors = invalid(await unknownServices(transaction, changes.serviceIds ?? []));
    if (errors !== undefined) return errors;
    await transaction.changeStaffMember(next);
    return { value: next, audit: audited('staff-member.changed', next, withServicesInOrder(member), withServicesInOrder(next)) };
  };
}

/**
 * The calendar of an archived staff member stays, with every appointment in it; only nobody is offered its slots any more. Their account is closed in the
 * same transaction: someone who has left cannot log in.
 */
export function archiveStaffMember(id: string, expectedVersions: readonly number[] | null): CatalogChange<StaffMember> {
  return async (transaction, source) => {
    const member = await transaction.staffMember(id);
    if (member === undefined || member.archived) return notFound('staff member');
    const mismatch = versionMismatch(expectedVersions, member.version);
    if (mismatch !== undefined) return mismatch;
    const next = { ...member, version: member.version + 1, archived: true };
    await transaction.changeStaffMember(next);
    await transaction.closeAccountOf(id, source);
    return { value: next, audit: audited('staff-member.removed', member, member, null) };
  };
}

/** What somebody does has no order; the audit trail sees a difference only where there is one. */
function withServicesInOrder(member: StaffMember): StaffMember {
  return { ...member, serviceIds: [...new Set(member.serviceIds)].sort() };
}

async function unknownServices(transaction: CatalogTransaction, ids: readonly string[]): Promise<readonly FieldError[]> {
  const known = await transaction.activeServices(ids);
  return ids.flatMap((id, index) => (known.has(id) ? [] : [{ path: `serviceIds.${index}`, message: 'there is no such service' }]));
}
