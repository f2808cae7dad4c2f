import { type Money, shareOf } from '../../src/model/money.ts';
import { rangesOf } from '../../src/model/staff-terms.ts';
import { kitWords, say } from './language.ts';
import { duration, money } from './money-and-time.ts';
import type { Service } from './shop.ts';

type Priced = 'price' | 'priceType' | 'paymentPolicy' | 'deposit' | 'depositPercent' | 'noShowFee' | 'noShowFeePercent';
type ByPerson = 'minutes' | 'price' | 'staffTerms' | 'staffIds';
export type OfferWords = Pick<Service, 'name' | 'description' | ByPerson | Priced | 'capacity' | 'approval'>;

/** A service as customers choose it on the booking page. `staffIds`: those who would do it; left out: all who do. */
export function ServiceWords({ offer, staffIds }: { readonly offer: OfferWords; readonly staffIds?: readonly string[] }) {
  const words = kitWords.value.offer;
  const range = offeredRange(offer, staffIds);
  const part = (fixed: Money | null, percent: number | null): Range<Money> => {
    const { least, most } = range.price;
    return fixed === null ? { least: shareOf(least, percent ?? 0), most: shareOf(most, percent ?? 0) } : { least: fixed, most: fixed };
  };
  const fee = part(offer.noShowFee, offer.noShowFeePercent);
  return (
    <span class="service-words">
      <span class="service-name">{offer.name}</span>
      {offer.description !== null && <span class="service-description">{offer.description}</span>}
      <span class="service-terms">
        <span>{durationRange(range)}</span>
        <span class="price">{priceRange(range, offer.priceType)}</span>
        {offer.paymentPolicy === 'full' && <span>{words.paidAll}</span>}
        {offer.paymentPolicy === 'reserve' && <span>{words.reserved}</span>}
        {offer.paymentPolicy === 'deposit' && <span>{say(words.paidPart, { amount: fromTo(part(offer.deposit, offer.depositPercent), money) })}</span>}
        {fee.most.amount > 0 && <span>{say(words.noShow, { amount: fromTo(fee, money) })}</span>}
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

type Range<Value> = { readonly least: Value; readonly most: Value };

/** From what to what it takes and costs with any of these people; left out: of all who do it. */
export function offeredRange(offer: Pick<Service, ByPerson>, staffIds: readonly string[] = offer.staffIds): ReturnType<typeof rangesOf> {
  return rangesOf(offer, staffIds);
}

/** "€34 – €45", or one of them where they are the same. */
function fromTo<Value>({ least, most }: Range<Value>, words: (value: Value) => string): string {
  const [from, to] = [words(least), words(most)];
  return from === to ? from : `${from} – ${to}`;
}

/** Of a price that is only the least, the least of them. */
export function priceRange({ price }: { readonly price: Range<Money> }, type?: Service['priceType']): string {
  return type === 'from' ? priceWords(price.least, type) : fromTo(price, (one) => priceWords(one));
}

export function durationRange({ minutes }: { readonly minutes: Range<number> }): string {
  return fromTo(minutes, duration);
}
