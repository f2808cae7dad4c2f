import { shareOf } from '../../src/model/money.ts';
import { duration, money } from './money-and-time.ts';
import type { Service } from './shop.ts';

export type OfferWords = Pick<Service, 'name' | 'description' | 'minutes' | 'price' | 'paymentPolicy' | 'deposit' | 'depositPercent' | 'capacity' | 'approval'>;

/** A service as customers choose it on the booking page. */
export function ServiceWords({ offer }: { readonly offer: OfferWords }) {
  return (
    <span class="service-words">
      <span class="service-name">{offer.name}</span>
      {offer.description !== null && <span class="service-description">{offer.description}</span>}
      <span class="service-terms">
        <span>{duration(offer.minutes)}</span>
        <span class="price">{offer.price.amount === 0 ? 'Free' : money(offer.price)}</span>
        {offer.paymentPolicy === 'full' && <span>Paid when booking</span>}
        {offer.paymentPolicy === 'deposit' && <span>{money(offer.deposit ?? shareOf(offer.price, offer.depositPercent ?? 0))} when booking</span>}
        {offer.capacity > 1 && <span>Up to {offer.capacity} people</span>}
        {offer.approval === 'manual' && <span>On request</span>}
      </span>
    </span>
  );
}
