import { shareOf } from '../../src/model/money.ts';
import { kitWords, say } from './language.ts';
import { duration, money } from './money-and-time.ts';
import type { Service } from './shop.ts';

type Priced = 'price' | 'priceType' | 'paymentPolicy' | 'deposit' | 'depositPercent' | 'noShowFee' | 'noShowFeePercent';
export type OfferWords = Pick<Service, 'name' | 'description' | 'minutes' | Priced | 'capacity' | 'approval'>;

/** A service as customers choose it on the booking page. */
export function ServiceWords({ offer }: { readonly offer: OfferWords }) {
  const words = kitWords.value.offer;
  const fee = offer.noShowFee ?? shareOf(offer.price, offer.noShowFeePercent ?? 0);
  return (
    <span class="service-words">
      <span class="service-name">{offer.name}</span>
      {offer.description !== null && <span class="service-description">{offer.description}</span>}
      <span class="service-terms">
        <span>{duration(offer.minutes)}</span>
        <span class="price">{priceWords(offer.price, offer.priceType)}</span>
        {offer.paymentPolicy === 'full' && <span>{words.paidAll}</span>}
        {offer.paymentPolicy === 'deposit' && (
          <span>{say(words.paidPart, { amount: money(offer.deposit ?? shareOf(offer.price, offer.depositPercent ?? 0)) })}</span>
        )}
        {fee.amount > 0 && <span>{say(words.noShow, { amount: money(fee) })}</span>}
        {offer.capacity > 1 && <span>{say(words.group, { people: offer.capacity })}</span>}
        {offer.approval === 'manual' && <span>{words.onRequest}</span>}
      </span>
    </span>
  );
}

/** `type`: absent, it is fixed. */
export function priceWords(price: Service['price'], type?: Service['priceType']): string {
  const { free, from } = kitWords.value.offer;
  if (price.amount === 0) return free;
  return type === 'from' ? say(from, { amount: money(price) }) : money(price);
}
