// Services, for those who manage them. The public list is in `catalog.ts`.

import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { WHOLE_BUSINESS } from '../../../access/rights.ts';
import type { BookableService } from '../../../catalog/catalog.ts';
import type { CatalogRequest } from '../../../catalog/catalog-answer.ts';
import type { WithPayments } from '../../../payments/parts.ts';
import { newServiceBody, removed, service, serviceChangeBody } from '../../../protocol/catalog.ts';
import { hoursPlan, plannedRemovalQuery, removedHoursBody } from '../../../protocol/hours-plans.ts';
import { type Failed, failedField } from '../../../protocol/reply.ts';
import { uuid } from '../../../protocol/scalars.ts';
import type { Managing } from '../../parts.ts';
import { route } from '../route.ts';
import { serviceView } from './admin-views.ts';
import { CATALOG_PROBLEMS, changeCatalog } from './admin-writes.ts';
import { CLAIM_PROBLEMS } from './holds.ts';
import { removeOffer } from './removing-offers.ts';

const params = z.object({ id: uuid });
const shared = { tag: 'Services', action: 'manage-services', isIdempotent: true, problems: CATALOG_PROBLEMS } as const;
const managed = { action: shared.action, place: WHOLE_BUSINESS };

type Selling = Managing & WithPayments;
/** What cannot be paid is not sold as paid. */
const UNSELLABLE = failedField('payments-off', 'paymentPolicy', 'must be none: no payment provider is set up here');
const NO_CARDS = failedField('payments-off', 'noShowFeeCard', 'must be false: no payment provider is set up here');
type Sold = { readonly paymentPolicy?: BookableService['paymentPolicy'] | undefined; readonly noShowFeeCard?: boolean | undefined };
function unsellable({ payments }: WithPayments, { paymentPolicy = 'none', noShowFeeCard = false }: Sold): Failed | undefined {
  if (payments.online !== null) return undefined;
  if (paymentPolicy !== 'none') return UNSELLABLE;
  return noShowFeeCard ? NO_CARDS : undefined;
}

const addService = route({
  ...shared,
  problems: [...CATALOG_PROBLEMS, 'payments-off'],
  method: 'post',
  path: '/v1/services',
  summary: 'Offer a new service',
  body: newServiceBody,
  replies: { 201: { description: 'The new service.', schema: service } },
  handle: (parts: Selling, { body, caller }) => {
    const refusal = unsellable(parts, body);
    if (refusal !== undefined) return refusal;
    const draft = { ...body, id: body.id ?? randomUUIDv7() };
    return changeCatalog(caller, { ...managed, operation: 'add-service', body }, { status: 201, body: viewOf(parts, body.staffIds) }, (request) =>
      parts.catalog.addService(draft, request),
    );
  },
});

const changeService = route({
  ...shared,
  problems: [...CATALOG_PROBLEMS, 'payments-off'],
  method: 'patch',
  path: '/v1/services/{id}',
  summary: 'Change a service',
  isConditional: true,
  params,
  body: serviceChangeBody,
  replies: { 200: { description: 'The service as it is now. Existing appointments keep the terms they were booked with.', schema: service } },
  handle: (parts: Selling, { params: { id }, body, caller }) => {
    const refusal = unsellable(parts, body);
    if (refusal !== undefined) return refusal;
    return changeCatalog(
      caller,
      { ...managed, operation: 'change-service', body: { id, ...body } },
      { status: 200, body: viewOf(parts, body.staffIds) },
      (request) => parts.catalog.changeService(id, body, request),
    );
  },
});

const removeService = route({
  ...shared,
  method: 'delete',
  path: '/v1/services/{id}',
  summary: 'Stop offering a service',
  isConditional: true,
  params,
  query: plannedRemovalQuery,
  body: removedHoursBody,
  problems: [...CATALOG_PROBLEMS, 'plan-outdated', 'outcome-unknown', ...CLAIM_PROBLEMS],
  replies: {
    204: { description: 'It can no longer be booked. With `appointments=keep` its appointments stay.' },
    200: {
      description: 'With `appointments=cancel`: the same, and how many appointments have been cancelled. With `plan`: which appointments are ahead.',
      schema: z.union([removed, hoursPlan]),
    },
  },
  handle: (parts: Managing, { params: { id }, query, body, caller }) =>
    removeOffer(
      parts,
      caller,
      { ...managed, operation: 'remove-service', body: { id } },
      { ...query, ...body },
      {
        of: { serviceId: id },
        archive: (request: CatalogRequest<BookableService>, ifInUse) => parts.catalog.archiveService(id, request, ifInUse),
      },
    ),
});

export const adminServiceRoutes = [addService, changeService, removeService];

/** The picture in memory is the one before the change, so the staff the change itself names come from it. */
function viewOf(parts: Managing, staffIds: readonly string[] | undefined) {
  return (value: BookableService) => {
    const catalog = parts.catalog.snapshot();
    const view = serviceView(value, catalog);
    return staffIds === undefined
      ? view
      : { ...view, staffIds: [...catalog.staff.values()].filter((member) => member.bookable && staffIds.includes(member.id)).map((member) => member.id) };
  };
}
