import { sumOf } from '../model/add-ons.ts';
import type { FieldError } from '../model/field-error.ts';
import { doneBy } from '../model/staff-terms.ts';
import { serviceFields } from '../protocol/catalog.ts';
import { withDefaults } from '../protocol/managed-fields.ts';
import { ONE_DAY_MINUTES } from '../protocol/scalars.ts';
import { audited } from './audited.ts';
import type { BookableService } from './catalog.ts';
import { type CatalogChange, invalid, notFound, refuseInUse, refuseMore, versionMismatch } from './catalog-answer.ts';
import { type CatalogTransaction, type IfInUse, told } from './catalog-store-port.ts';
import { changed, type ServiceChanges, type ServiceDraft } from './drafts.ts';
import { feeErrors, wrongDue } from './due-before.ts';

export function addService(draft: ServiceDraft): CatalogChange<BookableService> {
  return async (transaction) => {
    const taken = await transaction.service(draft.id);
    if (taken !== undefined) return { refusal: { code: 'id-in-use', detail: 'A service with this id already exists.' } };
    const full = await refuseMore(transaction, 'services');
    if (full !== undefined) return full;
    const { staffIds, ...rest } = draft;
    const service: BookableService = {
      ...withDefaults(serviceFields, rest),
      slotIntervalMinutes: draft.slotIntervalMinutes ?? draft.minutes,
      price: draft.price ?? { amount: 0, currency: await transaction.usualCurrency() },
      position: draft.position ?? (await transaction.positionAtEnd('services')),
      version: 1,
    };
    const errors = invalid([
      ...priceErrors(service),
      ...staffTermsErrors(service),
      ...(await unknownStaff(transaction, staffIds ?? [])),
      ...(await unknownInTerms(transaction, service.staffTerms, [])),
      ...(await unknownResources(transaction, service.resourceIds, [])),
    ]);
    if (errors !== undefined) return errors;
    await transaction.addService(service);
    if (staffIds !== undefined) await transaction.setStaffOf(service.id, staffIds);
    return { value: service, audit: audited('service.added', service, null, staffIds === undefined ? service : { ...service, staffIds }) };
  };
}

export function changeService(id: string, changes: ServiceChanges, expectedVersions: readonly number[] | null): CatalogChange<BookableService> {
  return async (transaction) => {
    const service = await transaction.service(id);
    if (service === undefined || service.archived) return notFound('service');
    const mismatch = versionMismatch(expectedVersions, service.version);
    if (mismatch !== undefined) return mismatch;
    const { staffIds, ...fields } = changes;
    const next = { ...changed(service, fields), version: service.version + 1 };
    const errors = invalid([
      ...priceErrors(next),
      ...staffTermsErrors(next),
      ...(await unknownStaff(transaction, staffIds ?? [])),
      ...(await unknownInTerms(transaction, next.staffTerms, service.staffTerms)),
      ...(await unknownResources(transaction, next.resourceIds, service.resourceIds)),
    ]);
    if (errors !== undefined) return errors;
    await transaction.changeService(next);
    if (staffIds === undefined) return { value: told(next), audit: audited('service.changed', next, service, next) };
    const staffBefore = await transaction.setStaffOf(id, staffIds);
    const sides = [
      { ...service, staffIds: inOrder(staffBefore) },
      { ...next, staffIds: inOrder(staffIds) },
    ] as const;
    return { value: told(next), audit: audited('service.changed', next, ...sides) };
  };
}

/** Appointments of an archived service that are kept stay as they are; only no new ones can be made. */
export function archiveService(id: string, expectedVersions: readonly number[] | null, ifInUse: IfInUse): CatalogChange<BookableService> {
  return async (transaction) => {
    const service = await transaction.service(id);
    if (service === undefined || service.archived) return notFound('service');
    const mismatch = versionMismatch(expectedVersions, service.version);
    if (mismatch !== undefined) return mismatch;
    const inUse = await refuseInUse(transaction, { serviceId: id }, ifInUse);
    if (inUse !== undefined) return inUse;
    const next = { ...service, version: service.version + 1, archived: true };
    await transaction.changeService(next);
    return { value: next, audit: audited('service.removed', service, service, null) };
  };
}

/** Who does a service has no order; the audit trail sees a difference only where there is one. */
function inOrder(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}

/** What is wrong with the kind of price says it all. */
function priceErrors(service: BookableService): readonly FieldError[] {
  const wrong = priceTypeErrors(service);
  return wrong.length > 0 ? wrong : [...moneyErrors(service), ...feeErrors(service), ...addOnErrors(service)];
}

function moneyErrors(service: BookableService): readonly FieldError[] {
  const { price, deposit, depositPercent, paymentPolicy } = service;
  const wrong = wrongDue(service);
  if (wrong !== null)
    return [{ path: paymentPolicy === 'full' || paymentPolicy === 'reserve' ? 'price' : deposit === null ? 'depositPercent' : 'deposit', message: wrong }];
  if (deposit === null)
    return paymentPolicy === 'deposit' && depositPercent === null ? [{ path: 'deposit', message: 'is needed when paymentPolicy is deposit' }] : [];
  if (depositPercent !== null) return [{ path: 'depositPercent', message: 'must be null where deposit is an amount' }];
  if (deposit.currency !== price.currency) return [{ path: 'deposit.currency', message: 'must be the currency of the price' }];
  if (deposit.amount > price.amount) return [{ path: 'deposit.amount', message: 'must not be more than the price' }];
  return [];
}

/** What is free never asks for money, and the whole of a price that is only the least is not known yet. */
function priceTypeErrors({ priceType, price, paymentPolicy, noShowFee, noShowFeePercent, addOns }: BookableService): readonly FieldError[] {
  const wrong = (path: string, message: string, isWrong: boolean) => (isWrong ? [{ path, message }] : []);
  if (priceType === 'from')
    return [
      ...wrong('price', 'must be more than 0 where priceType is from', price.amount === 0),
      ...wrong(
        'paymentPolicy',
        'must be none or deposit where priceType is from: the final price is not known yet',
        paymentPolicy !== 'none' && paymentPolicy !== 'deposit',
      ),
    ];
  if (priceType === 'fixed') return [];
  const dear = addOns.findIndex(({ priceMinor }) => priceMinor > 0);
  return [
    ...wrong('price', 'must be 0 where priceType is free', price.amount > 0),
    ...wrong('paymentPolicy', 'must be none where priceType is free', paymentPolicy !== 'none'),
    ...wrong(noShowFee === null ? 'noShowFeePercent' : 'noShowFee', 'must be null where priceType is free', noShowFee !== null || noShowFeePercent !== null),
    ...wrong(`addOns.${dear}.priceMinor`, 'must be 0 where priceType is free', dear >= 0),
  ];
}

/** All of them together fit into a day, and what is due with one or with all of them can be paid. A class takes as long for everybody. */
function addOnErrors(service: BookableService): readonly FieldError[] {
  const { addOns, minutes, price, capacity } = service;
  const { durationMinutes: longer, priceMinor } = sumOf(addOns);
  if (minutes + longer > ONE_DAY_MINUTES) return [{ path: 'addOns', message: 'must not take more than a day together with the service' }];
  const costing = (more: number) => ({ ...service, price: { ...price, amount: price.amount + more } });
  const wrong = wrongDue(service) === null ? wrongDue(costing(priceMinor)) : null;
  if (wrong !== null) return [{ path: 'addOns', message: wrong }];
  const [tooMuch] = feeErrors(service).length === 0 ? feeErrors(costing(priceMinor)) : [];
  if (tooMuch !== undefined) return [{ path: 'addOns', message: `${tooMuch.path} ${tooMuch.message}` }];
  const tooLittle = addOns.flatMap((addOn, index) => {
    const message = addOn.priceMinor > 0 && wrongDue(service) === null ? wrongDue(costing(addOn.priceMinor)) : null;
    return message === null ? [] : [{ path: `addOns.${index}.priceMinor`, message }];
  });
  if (tooLittle.length > 0) return tooLittle;
  if (capacity === 1) return [];
  return addOns.flatMap(({ durationMinutes }, index) =>
    durationMinutes === 0 ? [] : [{ path: `addOns.${index}.durationMinutes`, message: 'must be 0 in a class, which takes as long for everybody' }],
  );
}

/** With each of these people the service keeps the rules that it keeps with everybody. */
function staffTermsErrors(service: BookableService): readonly FieldError[] {
  const { staffTerms, price } = service;
  if (staffTerms.length === 0 || priceErrors(service).length > 0) return [];
  return staffTerms.flatMap(({ staffId, price: own }, index): FieldError[] => {
    const path = `staffTerms.${index}`;
    if (own !== undefined && own.currency !== price.currency) return [{ path: `${path}.price.currency`, message: 'must be the currency of the price' }];
    const [wrong] = priceErrors(doneBy(service, staffId));
    return wrong === undefined ? [] : [{ path, message: `does not fit: with this person ${wrong.path} ${wrong.message}` }];
  });
}

/** Who was named before may stay, also where they have left since. */
async function unknownInTerms(
  transaction: CatalogTransaction,
  terms: BookableService['staffTerms'],
  before: BookableService['staffTerms'],
): Promise<readonly FieldError[]> {
  const known = await transaction.activeStaff(terms.map(({ staffId }) => staffId));
  const wasThere = (id: string) => before.some(({ staffId }) => staffId === id);
  return terms.flatMap(({ staffId }, index) =>
    known.has(staffId) || wasThere(staffId) ? [] : [{ path: `staffTerms.${index}.staffId`, message: 'there is no such staff member' }],
  );
}

async function unknownStaff(transaction: CatalogTransaction, ids: readonly string[]): Promise<readonly FieldError[]> {
  const known = await transaction.activeStaff(ids);
  return ids.flatMap((id, index) => (known.has(id) ? [] : [{ path: `staffIds.${index}`, message: 'there is no such staff member' }]));
}

/** What it named before may stay, also where it has been removed since. */
async function unknownResources(transaction: CatalogTransaction, ids: readonly string[], before: readonly string[]): Promise<readonly FieldError[]> {
  const known = await transaction.activeResources(ids);
  return ids.flatMap((id, index) => (known.has(id) || before.includes(id) ? [] : [{ path: `resourceIds.${index}`, message: 'there is no such resource' }]));
}
