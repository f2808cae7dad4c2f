// Payments and the books, for those who look after money: everywhere, or at their location.
import type { Caller } from '../access/caller.ts';
import { may, reachFor } from '../access/rights.ts';
import { toldOf } from '../access/sight.ts';
import { namesOf } from '../booking/agreed-terms.ts';
import type { AppointmentRecord } from '../booking/appointment-reads-port.ts';
import type { LedgerAsked, LedgerEntryReply, ListedPaymentReply, PaymentRecordReply, PaymentsAsked, PaymentsPageReply } from '../protocol/books.ts';
import { done, type Failed, failed, failedField, isFailed, type Reply, UNKNOWN_CURSOR } from '../protocol/reply.ts';
import { MOST_LISTED } from '../protocol/scalars.ts';
import { wireTime } from '../protocol/wire-times.ts';
import type { StoredLedgerEntry } from './book-reads-port.ts';
import { wirePayment } from './desk-payments.ts';
import { balances } from './ledger.ts';
import type { Paying } from './parts.ts';
import type { Payment } from './payment-store-port.ts';

const LISTED_BY_DEFAULT = 50;

/** Where a reader may see money. */
export function placeOf({ principal }: Caller, { locationId }: { readonly locationId?: string | undefined }): { readonly locationId: string | null } | Failed {
  const reach = reachFor(principal, 'read-payments');
  const own = reach === 'location' ? (principal?.locationId ?? null) : null;
  if (own !== null && locationId !== undefined && locationId !== own) return failedField('forbidden', 'locationId', 'is not your location');
  return { locationId: locationId ?? own };
}

export async function listPayments(parts: Paying, caller: Caller, asked: PaymentsAsked): Promise<Reply<PaymentsPageReply>> {
  const place = placeOf(caller, asked);
  if (isFailed(place)) return place;
  const { books, online } = parts.payments;
  const { state = null, method = null, alarm, from = null, to = null, q = null, cursor = null, limit = LISTED_BY_DEFAULT } = asked;
  // What is not told is not found either.
  const textWithin = reachFor(caller.principal, 'see-customers') === 'all' ? null : (caller.principal?.locationId ?? null);
  const question = { ...place, textWithin, states: state, methods: method, hasAlarm: alarm === undefined ? null : alarm === 'true', from, to, text: q, cursor };
  const page = await books.list(question, Math.min(limit, MOST_LISTED));
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  const appointments = await parts.appointments.byIds(page.items.map(({ appointmentId }) => appointmentId));
  const fees = await books.feesOf(page.items.map(({ id }) => id));
  const items = page.items.map((payment) => ({
    ...listed(parts, caller, payment, appointments.get(payment.appointmentId)),
    fees: [...(fees.get(payment.id) ?? [])],
  }));
  return done({ items, nextCursor: page.nextCursor, provider: online?.provider.name ?? null });
}

export async function readPayment(parts: Paying, caller: Caller, id: string): Promise<Reply<PaymentRecordReply>> {
  const { books, store } = parts.payments;
  const payment = await store.byId(id);
  if (payment === undefined) return failed('not-found', { detail: 'There is no such payment.' });
  if (!may(caller.principal, 'read-payments', { staffId: null, locationId: payment.locationId }))
    return failed('forbidden', { detail: 'It belongs to another location.' });
  const [refunds, entries, appointment] = [await store.refundsOf(id), await books.entriesOf(payment), await parts.appointments.byId(payment.appointmentId)];
  const fees = [...((await books.feesOf([id])).get(id) ?? [])];
  const { currency } = payment.money;
  const zone = zoneAt(parts, payment.locationId);
  return done({
    ...listed(parts, caller, payment, appointment),
    fees,
    disputed: { amount: balances(entries).get(`${currency} disputes`) ?? 0, currency },
    providerId: payment.providerId,
    refunds: refunds.map(({ id: refundId, amount, state, createdAt }) => ({
      id: refundId,
      amount: { amount, currency },
      state,
      createdAt: wireTime(createdAt, zone),
    })),
    entries: entries.map((entry) => wireEntry(parts, entry)),
  });
}

function listed(parts: Paying, caller: Caller, payment: Payment, appointment: AppointmentRecord | undefined): Omit<ListedPaymentReply, 'fees'> {
  const known = appointment === undefined ? null : appointmentTold(parts, caller, appointment);
  return { ...wirePayment(payment, zoneAt(parts, payment.locationId), true), appointment: known };
}

/** For those who may see whom the appointment is for where it is now, which may be elsewhere than where it was paid. */
export function referenceTold({ principal }: Caller, appointment: AppointmentRecord): string | null {
  return toldOf({ principal, place: appointment }, appointment, appointment.details)?.reference ?? null;
}

function appointmentTold(parts: Paying, { principal }: Caller, appointment: AppointmentRecord): NonNullable<ListedPaymentReply['appointment']> {
  const { status, startsAt, staffId, timeZone, details } = appointment;
  const told = toldOf({ principal, place: appointment }, appointment, details);
  const { serviceName } = namesOf(parts, appointment, appointment);
  return {
    ...{ status, staffId, serviceName, startsAt: wireTime(startsAt, timeZone) },
    ...{ reference: told?.reference ?? null, customerName: told?.customer?.name ?? null },
  };
}

export async function listLedger(parts: Paying, caller: Caller, asked: LedgerAsked): Promise<Reply<{ items: LedgerEntryReply[]; nextCursor: string | null }>> {
  const place = placeOf(caller, asked);
  if (isFailed(place)) return place;
  const page = await parts.payments.books.ledger(
    { ...place, cursor: asked.cursor ?? null, account: asked.account ?? null },
    Math.min(asked.limit ?? LISTED_BY_DEFAULT, MOST_LISTED),
  );
  if (page === 'unknown-cursor') return UNKNOWN_CURSOR;
  return done({ items: page.items.map((entry) => wireEntry(parts, entry)), nextCursor: page.nextCursor });
}

function wireEntry(parts: Paying, { amount, tax, currency, at, ...entry }: StoredLedgerEntry): LedgerEntryReply {
  return { ...entry, amount: { amount, currency }, tax: tax === null ? null : { amount: tax, currency }, at: wireTime(at, zoneAt(parts, entry.locationId)) };
}

function zoneAt({ catalog }: Paying, locationId: string | null): string {
  return catalog.snapshotWithArchived().locations.get(locationId ?? '')?.timeZone ?? 'UTC';
}
