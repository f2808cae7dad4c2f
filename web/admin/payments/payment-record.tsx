// One payment: what came and went, what it was for, and what the books say of it.

import type { PaymentRecordReply } from '../../../src/protocol/books.ts';
import { alarmWords } from '../../bell/sentences.ts';
import { ENGLISH } from '../../bell/voice.ts';
import { whenWords, zoneOf } from '../../kit/customers/finding.ts';
import { longDay, money } from '../../kit/money-and-time.ts';
import { ReceiptLink } from '../../kit/paid.tsx';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { openShop, staffName } from '../../kit/shop.ts';
import { Head } from '../head.tsx';
import { ACCOUNTS, METHODS, stateWords } from './payment-words.ts';

type Props = { readonly id: string; readonly back: { readonly href: string; readonly words: string } };

export function PaymentRecord({ id, back }: Props) {
  const reading = useReading(() => askAs<PaymentRecordReply>('GET', `/v1/payments/${encodeURIComponent(id)}`));
  const known = reading.state.state === 'ready' ? reading.state.value : undefined;
  return (
    <>
      <Head title={known === undefined ? 'Payment' : `${money(known.amount)}, ${stateWords(known).toLowerCase()}`} back={back} />
      <Read reading={reading}>
        {(payment) => (
          <>
            {payment.alarm !== null && <p class="banner">{alarmWords(payment.alarm, ENGLISH)}</p>}
            <Figures payment={payment} />
            <div class="side-by-side">
              <About payment={payment} />
              <Entries payment={payment} />
            </div>
          </>
        )}
      </Read>
    </>
  );
}

type OfPayment = { readonly payment: PaymentRecordReply };

function Figures({ payment: { amount, received, refunded, disputed, fees } }: OfPayment) {
  const figures = [
    ['asked for', amount],
    ['received', received],
    ['paid back', refunded],
    ...(disputed.amount > 0 ? ([['with the bank, disputed', disputed]] as const) : []),
    ...fees.map((fee) => [fees.length > 1 ? `fees of the provider, ${fee.currency}` : 'fees of the provider', fee] as const),
  ] as const;
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name} class="card">
          <dt>{name}</dt>
          <dd>{money(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function About({ payment: { appointment, appointmentId, method, locationId, createdAt, providerId, receiptNumber, refunds, isFee } }: OfPayment) {
  const when = (text: string) => whenWords(Date.parse(text), zoneOf(locationId));
  const place = openShop().locations.find(({ id }) => id === locationId)?.name;
  return (
    <section class="card panel-card" aria-labelledby="about">
      <h2 id="about">What it is for</h2>
      {appointment === null ? (
        <p class="soft">There is no appointment for it.</p>
      ) : (
        <div>
          <a href={`/desk#appointment=${appointmentId}&staff=${appointment.staffId}&at=${encodeURIComponent(appointment.startsAt)}`}>
            {[appointment.customerName ?? 'Erased', appointment.serviceName].filter((part) => part !== null).join(', ')}
          </a>
          <p class="soft small">
            {[when(appointment.startsAt), `with ${staffName(appointment.staffId)}`, appointment.status, appointment.reference]
              .filter((part) => part !== null)
              .join(' · ')}
          </p>
        </div>
      )}
      <p>
        {[isFee ? 'No-show fee' : undefined, METHODS[method], place].filter((part) => part !== undefined).join(' · ')}
        <br />
        <span class="soft small">begun {when(createdAt)}</span>
      </p>
      {providerId !== null && (
        <p class="soft small">
          At the provider it is <code class="address">{providerId}</code>
        </p>
      )}
      {receiptNumber !== null && (
        <p>{appointment === null ? `Receipt ${receiptNumber}` : <ReceiptLink appointmentId={appointmentId} words={`Receipt ${receiptNumber}`} />}</p>
      )}
      {refunds.length > 0 && <h3 class="small">Refunds</h3>}
      <ul class="rows">
        {refunds.map(({ id, amount, state, createdAt: askedAt }) => (
          <li key={id}>
            {money(amount)}, {{ asked: 'on its way', done: 'done', failed: 'failed: settle it with the provider' }[state]}
            <p class="soft small">{when(askedAt)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entries({ payment: { entries, locationId } }: OfPayment) {
  const zone = zoneOf(locationId);
  return (
    <section class="card panel-card" aria-labelledby="entries">
      <h2 id="entries">In the books</h2>
      {entries.length === 0 && <p class="soft">Nothing: no money has come.</p>}
      <ul class="rows">
        {entries.map(({ number, debit, credit, amount, at }) => (
          <li key={number}>
            {money(amount)} from {ACCOUNTS[credit]} to {ACCOUNTS[debit]}
            <p class="soft small">
              Entry {number}, {longDay(Date.parse(at), zone)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
