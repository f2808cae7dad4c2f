// Payments, the newest first: which came, which went back, and which need a look.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ListedPaymentReply, PaymentsPageReply } from '../../../src/protocol/books.ts';
import { agoNow } from '../../kit/ago-now.ts';
import { query } from '../../kit/api.ts';
import { money } from '../../kit/money-and-time.ts';
import { openShop } from '../../kit/shop.ts';
import { addDays, startOfDate, viewerZone } from '../../kit/zoned-dates.ts';
import { Head } from '../head.tsx';
import { Listing, ListingSearch } from '../listing.tsx';
import { usePages } from '../pages.tsx';
import { hrefOf, type TabProps } from '../places.ts';
import { PaymentRecord } from './payment-record.tsx';
import { METHODS, stateWords } from './payment-words.ts';
import { Payouts } from './payouts.tsx';
import { Takings } from './takings.tsx';
import { Vouchers } from './vouchers.tsx';

const TAB = 'payments';
const PAGE = 50;
/** A pause in typing. */
const PAUSE_MILLISECONDS = 200;

export function PaymentsTab({ user, path: [part] }: TabProps) {
  const Part = part === undefined ? PaymentList : PARTS[part as keyof typeof PARTS]?.show;
  if (Part === undefined) return <PaymentRecord key={part} id={part ?? ''} back={{ href: hrefOf(TAB), words: 'All payments' }} />;
  return (
    <>
      <Head title="Payments" lead="What customers have paid, online and at the desk." />
      <nav class="parts" aria-label="Payments">
        <a href={hrefOf(TAB)} {...(part === undefined && { 'aria-current': 'page' as const })}>
          Payments
        </a>
        {Object.entries(PARTS).map(([name, { words, isOfAll }]) =>
          isOfAll && user.locationId !== null ? null : (
            <a key={name} href={hrefOf(TAB, name)} {...(part === name && { 'aria-current': 'page' as const })}>
              {words}
            </a>
          ),
        )}
      </nav>
      <Part ownLocation={user.locationId} />
    </>
  );
}

/** `isOfAll`: for those who look after all locations. */
const PARTS = {
  takings: { words: 'Takings', show: Takings, isOfAll: false },
  payouts: { words: 'Payouts', show: Payouts, isOfAll: true },
  vouchers: { words: 'Vouchers', show: Vouchers, isOfAll: true },
} as const;

/** What each choice asks the server for. The first one is without what was begun and never paid. */
const STATES = {
  came: { words: 'Money came', asks: { state: ['booked', 'paid-late', 'refunding', 'refunded', 'disputed'] } },
  attention: { words: 'Needs attention', asks: { alarm: 'true' } },
  disputed: { words: 'Disputed', asks: { state: ['disputed'] } },
  back: { words: 'Paid back', asks: { state: ['refunding', 'refunded'] } },
  reserved: { words: 'Reserved on the card', asks: { state: ['reserved'] } },
  open: { words: 'Being paid', asks: { state: ['held', 'paying'] } },
  never: { words: 'Never paid', asks: { state: ['lapsed', 'closed'] } },
  all: { words: 'All', asks: {} },
} as const satisfies { readonly [choice: string]: { readonly words: string; readonly asks: object } };
type Choices = Readonly<Record<'state' | 'method' | 'place' | 'from' | 'to', string>>;
const ALL: Choices = { state: 'came', method: '', place: '', from: '', to: '' };
/** They stay while the reader looks at one of them. */
const kept = { typed: '', choices: ALL };

function useChoices() {
  const typed = useSignal(kept.typed);
  const asked = useSignal(kept.typed.trim());
  const choices = useSignal<Choices>(kept.choices);
  useEffect(() => {
    kept.typed = typed.value;
    const timer = setTimeout(() => {
      asked.value = typed.value.trim();
    }, PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed.value]);
  useEffect(() => {
    kept.choices = choices.value;
  }, [choices.value]);
  return { typed, asked, choices };
}

function pathOf({ state, method, place, from, to }: Choices, asked: string): string {
  const { asks } = STATES[state as keyof typeof STATES] ?? STATES.came;
  const zone = openShop().locations.find(({ id }) => id === place)?.timeZone ?? viewerZone();
  const start = (date: string) => new Date(startOfDate(date, zone)).toISOString();
  return `/v1/payments${query({
    ...{ limit: PAGE, ...asks, q: asked === '' ? undefined : asked, method: method === '' ? undefined : method },
    ...{ locationId: place === '' ? undefined : place, from: from === '' ? undefined : start(from), to: to === '' ? undefined : start(addDays(to, 1)) },
  })}`;
}

function PaymentList({ ownLocation }: { readonly ownLocation: string | null }) {
  const { typed, asked, choices } = useChoices();
  const { items, reply, more, trouble } = usePages<ListedPaymentReply, PaymentsPageReply>(pathOf(choices.value, asked.value));
  const isAnything = choices.value === ALL && asked.value === '';
  return (
    <>
      {reply !== undefined && <Provider provider={reply.provider} />}
      {trouble}
      <Listing
        id="payments"
        words={['payment', 'payments']}
        items={items}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(TAB, id)}
        columns={[
          { id: 'who', name: 'Customer', show: (payment) => <Who payment={payment} />, by: ({ appointment }) => appointment?.customerName ?? '~' },
          {
            id: 'at',
            name: 'When',
            show: ({ createdAt }) => <span class="whole">{agoNow(createdAt)}</span>,
            by: ({ createdAt }) => Date.parse(createdAt),
          },
          { id: 'method', name: 'How', show: ({ method }) => METHODS[method], by: ({ method }) => METHODS[method] },
          {
            id: 'receipt',
            name: 'Receipt',
            show: ({ receiptNumber }) => <span class="whole">{receiptNumber}</span>,
            by: ({ receiptNumber }) => receiptNumber ?? '',
          },
          { id: 'amount', name: 'Amount', show: ({ amount }) => money(amount), by: ({ amount }) => amount.amount, isNumber: true },
          {
            id: 'refunded',
            name: 'Paid back',
            show: ({ refunded }) => (refunded.amount === 0 ? '' : money(refunded)),
            by: ({ refunded }) => refunded.amount,
            isNumber: true,
          },
          { id: 'fees', name: 'Fee', show: ({ fees }) => fees.map(money).join(', '), by: ({ fees }) => fees[0]?.amount ?? 0, isNumber: true },
          { id: 'state', name: 'State', show: (payment) => <State payment={payment} />, by: (payment) => stateWords(payment) },
        ]}
        empty={
          isAnything ? (
            <p>Nothing was paid yet. Payments come with bookings that ask for one, and when the desk records them.</p>
          ) : (
            <p>No payment is like that.</p>
          )
        }
        more={more}
      >
        <ListingSearch id="payments" many="payments" typed={typed} hint="Customer, reference or receipt" />
        <Filters choices={choices} ownLocation={ownLocation} />
      </Listing>
    </>
  );
}

function Who({ payment: { appointment } }: { readonly payment: ListedPaymentReply }) {
  if (appointment === null) return <>No appointment</>;
  return <>{[appointment.customerName ?? 'Erased', appointment.serviceName].filter((part) => part !== null).join(', ')}</>;
}

function State({ payment }: { readonly payment: ListedPaymentReply }) {
  const isUrgent = payment.state === 'disputed' || (payment.alarm !== null && payment.alarm !== 'dispute-won' && payment.alarm !== 'dispute-lost');
  return (
    <>
      {stateWords(payment)}
      {isUrgent && <span class="tag danger">needs attention</span>}
    </>
  );
}

/** Who takes the money, where that needs saying. */
function Provider({ provider }: { readonly provider: PaymentsPageReply['provider'] }) {
  if (provider === 'stripe') return null;
  if (provider === 'test') return <p class="banner">Only test cards are taken here, and no real money moves.</p>;
  return (
    <div class="banner">
      <p>
        <strong>Payments are off.</strong> Customers cannot pay online, and cannot book a service that asks for a deposit or the full price. Cash and card
        terminal can be recorded at the desk.
      </p>
      <p>
        To turn them on, set <code>STRIPE_SECRET_KEY</code>, <code>STRIPE_PUBLISHABLE_KEY</code> and <code>STRIPE_WEBHOOK_SECRET</code> where the server is
        started, and restart it. The guide to payments has every step.
      </p>
    </div>
  );
}

type FiltersProps = { readonly choices: Signal<Choices>; readonly ownLocation: string | null };

function Filters({ choices, ownLocation }: FiltersProps) {
  const { locations } = openShop();
  const choose = (name: keyof Choices) => (event: { readonly currentTarget: { readonly value: string } }) => {
    choices.value = { ...choices.value, [name]: event.currentTarget.value };
  };
  const select = (name: keyof Choices, label: string, options: readonly (readonly [value: string, words: string])[]) => (
    <div class="listing-filter" key={name}>
      <label class="only-heard" for={`payments-${name}`}>
        {label}
      </label>
      <select id={`payments-${name}`} value={choices.value[name]} onChange={choose(name)}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
  const day = (name: 'from' | 'to', label: string) => (
    <div class="listing-filter listing-day" key={name}>
      <label for={`payments-${name}`}>{label}</label>
      <input id={`payments-${name}`} type="date" value={choices.value[name]} onChange={choose(name)} />
    </div>
  );
  return (
    <>
      {select(
        'state',
        'State',
        Object.entries(STATES).map(([value, { words }]) => [value, words] as const),
      )}
      {select('method', 'How it was paid', [['', 'Paid in any way'], ...Object.entries(METHODS)])}
      {ownLocation === null &&
        locations.length > 1 &&
        select('place', 'Location', [['', 'All locations'], ...locations.map(({ id, name }) => [id, name] as const)])}
      <div class="listing-days">
        {day('from', 'From')}
        {day('to', 'To')}
      </div>
    </>
  );
}
