// How the catalog lies in its tables.
import type { BookableService, Business, Location, Resource, StaffMember } from '../../catalog/catalog.ts';
import type { Stored } from '../../catalog/catalog-store-port.ts';
import { MESSAGE_KINDS, type MessageSettings } from '../../protocol/messages.ts';
import type { BusinessRow, LocationRow, ResourceRow, ServiceRow, StaffMemberRow } from './catalog-entities.ts';

/** What customers are told at first: everything by e-mail, nothing by text, and a reminder a day before. */
const EVERYTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, true])) as MessageSettings['email'];
const NOTHING = Object.fromEntries(MESSAGE_KINDS.map((kind) => [kind, false])) as MessageSettings['sms'];
const QUIET_HOURS: MessageSettings['quietHours'] = { from: '21:00', to: '08:00' };
const REMINDER_MINUTES: readonly number[] = [24 * 60];

export function businessOf({ name, bufferRule, guestProof, settings: { messages, embedOrigins = [] }, version }: BusinessRow): Business {
  const told = {
    email: { ...EVERYTHING, ...messages?.email },
    sms: { ...NOTHING, ...messages?.sms },
    quietHours: messages?.quietHours === undefined ? QUIET_HOURS : messages.quietHours,
    reminderMinutes: messages?.reminderMinutes ?? REMINDER_MINUTES,
  };
  return { name, bufferRule, guestProof, embedOrigins, messages: told, version };
}

export function locationOf(row: LocationRow): Stored<Location> {
  const { position: _, ...location } = columnsOf(row);
  return location;
}

export function serviceOf(row: ServiceRow): Stored<BookableService> {
  const { priceAmount: amount, priceCurrency: currency, depositAmount, noShowFeeAmount, ...same } = columnsOf(row);
  const moneyOf = (some: number | null) => (some === null ? null : { amount: some, currency });
  return { ...same, price: { amount, currency }, deposit: moneyOf(depositAmount), noShowFee: moneyOf(noShowFeeAmount) };
}

type Columns<Row> = {
  readonly [Name in keyof Row as Name extends string ? Name : never]-?: undefined extends Row[Name] ? NonNullable<Row[Name]> | null : Row[Name];
};

/** A row as a plain value. */
function columnsOf<Row extends object>(row: Row): Columns<Row> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null])) as Columns<Row>;
}

/** A deposit and a no-show fee are in the currency of the price. */
export function serviceColumns(service: BookableService) {
  const { id: _, price, deposit, noShowFee, refundRules, resourceIds, questions, addOns, staffTerms, ...rest } = service;
  return {
    ...rest,
    refundRules: [...refundRules],
    resourceIds: [...resourceIds],
    questions: [...questions],
    addOns: [...addOns],
    staffTerms: [...staffTerms],
    priceAmount: price.amount,
    priceCurrency: price.currency,
    depositAmount: deposit?.amount ?? null,
    noShowFeeAmount: noShowFee?.amount ?? null,
  };
}

export function staffMemberOf(row: StaffMemberRow, serviceIds: readonly string[]): Stored<StaffMember> {
  const { position: _, ...member } = columnsOf(row);
  return { ...member, serviceIds };
}

export function resourceOf(row: ResourceRow): Stored<Resource> {
  const { position: _, ...resource } = columnsOf(row);
  return resource;
}
