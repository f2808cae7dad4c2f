// A no-show fee is charged to the card that was kept for it.
import type { Instant } from '../model/instant.ts';
import type { FeeRefusal } from '../model/payment-words.ts';
import type { PaymentProvider, ProviderCard } from './payment-provider-port.ts';
import { cellOf } from './payment-states.ts';
import type { Payment, PaymentChange, PaymentStore } from './payment-store-port.ts';

type Charging = {
  readonly store: Pick<PaymentStore, 'ofAppointment'>;
  readonly provider: PaymentProvider;
  /** Whether the fee is owed, and there is time left. */
  readonly calendars: { isHeld(payment: Payment): Promise<boolean> };
  readonly now: () => Instant;
};

/**
 * What becomes of a fee that the provider may not know of yet; null: it is looked at again. The provider is asked whether it was charged before this was cut off, so it is charged once;
 * and it is charged only until `payUntil`, while it is owed, and while no customer can pay it by a link.
 */
export async function feeChargeOf({ store, provider, calendars, now }: Charging, fee: Payment): Promise<PaymentChange | null> {
  const keeper = (await store.ofAppointment(fee.appointmentId)).find(({ card, providerId }) => card !== null && card !== 'asked' && providerId !== null);
  const card = await cardOf(provider, keeper);
  if (card === null) return closed('card-gone', now());
  const isWanted = keeper?.card === 'kept' && (await openLinksOf(store, fee)).length === 0 && (await calendars.isHeld(fee));
  const charged = await provider.charge({ paymentId: fee.id, money: fee.money, description: 'No-show fee', card, isWanted });
  if (charged === 'card-gone') return closed('card-gone', now());
  if (charged !== 'not-made') return { state: cellOf(fee.state, 'begun').to, providerId: charged.id, lookAt: now() };
  return (fee.payUntil ?? 0) > now() ? null : CLOSED;
}

/** Payments by a link for the same appointment that may still bring money. */
export async function openLinksOf(store: Charging['store'], { appointmentId }: Payment): Promise<readonly Payment[]> {
  const all = await store.ofAppointment(appointmentId);
  return all.filter(({ holdId, isFee, state }) => holdId === null && !isFee && (state === 'held' || state === 'paying' || state === 'lapsed'));
}

async function cardOf(provider: PaymentProvider, keeper: Payment | undefined): Promise<ProviderCard | null> {
  if (keeper?.providerId == null) return null;
  return (await provider.read(keeper.providerId))?.card ?? null;
}

const CLOSED = { state: cellOf('held', 'cancelled').to, lookAt: null } as const;

function closed(refusal: FeeRefusal, at: Instant): PaymentChange {
  return { ...CLOSED, refusal, failed: { why: refusal, at } };
}
