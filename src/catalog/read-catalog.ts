// What everybody may know about the business. Those who work there also see what is not on offer.

import type { Caller } from '../access/caller.ts';
import type { Principal } from '../access/principal.ts';
import { mayAtAll } from '../access/rights.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply } from '../protocol/reply.ts';
import { MOST_LISTED } from '../protocol/scalars.ts';
import { etagOf } from '../protocol/versions.ts';
import type { BookableService, Catalog, Location, Resource, StaffMember } from './catalog.ts';

type Catalogs = { readonly catalog: { snapshot(): Catalog } };
type PageAsked = { readonly limit?: number | undefined; readonly cursor?: string | undefined };
type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

type ServicesAsked = PageAsked & { readonly staffId?: string | undefined; readonly locationId?: string | undefined };

export function listServices(parts: Catalogs, { principal }: Caller, asked: ServicesAsked): Reply {
  const catalog = parts.catalog.snapshot();
  const doers = [...catalog.staff.values()].filter(
    (member) => (asked.staffId === undefined || member.id === asked.staffId) && (asked.locationId === undefined || member.locationId === asked.locationId),
  );
  const isNarrowed = asked.staffId !== undefined || asked.locationId !== undefined;
  const services = [...catalog.services.values()].filter(
    (service) => isSeen(service, principal) && (!isNarrowed || doers.some((member) => member.serviceIds.includes(service.id))),
  );
  const page = pageOf(services, asked);
  return isFailed(page) ? page : done({ ...page, items: page.items.map((service) => seenService(catalog, service, principal)) });
}

export function readService(parts: Catalogs, { principal }: Caller, id: string): Reply {
  const catalog = parts.catalog.snapshot();
  const service = catalog.services.get(id);
  if (service === undefined || !isSeen(service, principal)) return failed('not-found', { detail: 'There is no such service.' });
  return done(seenService(catalog, service, principal), { headers: { ETag: etagOf(service.version) } });
}

/** Without the add-ons and the people that this reader is not offered. */
function seenService(catalog: Catalog, service: BookableService, principal: Principal | null): BookableService & { readonly staffIds: readonly string[] } {
  const staffIds = staffIdsOf(catalog, service.id);
  if (mayAtAll(principal, 'see-unlisted')) return { ...service, staffIds };
  const addOns = service.addOns.filter(({ online }) => online);
  return { ...service, addOns, staffTerms: service.staffTerms.filter(({ staffId }) => staffIds.includes(staffId)), staffIds };
}

function isSeen({ active, online }: BookableService, principal: Principal | null): boolean {
  return (active && online) || mayAtAll(principal, 'see-unlisted');
}

type StaffAsked = PageAsked & { readonly serviceId?: string | undefined; readonly locationId?: string | undefined };

/** Those who can be booked, and for those who work here everybody. */
export function staffPage(parts: Catalogs, { principal }: Caller, asked: StaffAsked): Page<StaffMember> | Failed {
  const catalog = parts.catalog.snapshot();
  const isAsked = ({ locationId, serviceIds }: StaffMember) =>
    (asked.locationId === undefined || locationId === asked.locationId) && (asked.serviceId === undefined || serviceIds.includes(asked.serviceId));
  return pageOf(
    [...catalog.staff.values()].flatMap((member) => {
      const seen = seenMember(catalog, member, principal);
      return (member.bookable || mayAtAll(principal, 'see-unlisted')) && isAsked(seen) ? [seen] : [];
    }),
    asked,
  );
}

/** Without the services that this reader is not offered. */
export function seenMember({ services }: Catalog, member: StaffMember, principal: Principal | null): StaffMember {
  const isOffered = (id: string) => {
    const service = services.get(id);
    return service === undefined || isSeen(service, principal);
  };
  return member.serviceIds.every(isOffered) ? member : { ...member, serviceIds: member.serviceIds.filter(isOffered) };
}

export function locationPage(parts: Catalogs, asked: PageAsked): Page<Location> | Failed {
  return pageOf([...parts.catalog.snapshot().locations.values()], asked);
}

export function resourcePage(parts: Catalogs, asked: PageAsked & { readonly locationId?: string | undefined }): Page<Resource> | Failed {
  const resources = [...parts.catalog.snapshot().resources.values()];
  return pageOf(
    resources.filter(({ locationId }) => asked.locationId === undefined || locationId === asked.locationId),
    asked,
  );
}

function staffIdsOf(catalog: Catalog, serviceId: string): readonly string[] {
  return [...catalog.staff.values()].filter((member) => member.bookable && member.serviceIds.includes(serviceId)).map((member) => member.id);
}

/** The cursor is the id of the last one on the page before. */
function pageOf<Item extends { readonly id: string }>(items: readonly Item[], { limit = MOST_LISTED, cursor }: PageAsked): Page<Item> | Failed {
  const last = cursor === undefined ? -1 : items.findIndex((item) => item.id === cursor);
  if (cursor !== undefined && last < 0) return failedField('invalid-request', 'cursor', 'is not a cursor from this server, or it is no longer valid');
  const shown = items.slice(last + 1, last + 1 + limit);
  const hasMore = last + 1 + limit < items.length;
  return { items: shown, nextCursor: hasMore ? (shown.at(-1)?.id ?? null) : null };
}
