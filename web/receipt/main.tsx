// Receipts of one appointment, one for each payment, to look at and to print. Customers come with the link to their appointment, whose token is behind the `#`; their account and
// those who work here come with their login.
import { signal } from '@preact/signals';
import { render } from 'preact';
import type { Money } from '../../src/model/money.ts';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { keepLink, linkOf } from '../booking/appointment-link.ts';
import { openLanguage, words } from '../booking/languages.ts';
import { type Answer, ask, type Problem } from '../kit/api.ts';
import { localeTag, say } from '../kit/language.ts';
import { clockRange, datedDay, longDay, money } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { priceWords } from '../kit/service-words.tsx';
import { askAs, resumeSession } from '../kit/session.ts';
import { loadShop, openShop, shop } from '../kit/shop.ts';

type Paid = AppointmentPaymentReply['payments'][number];
type Shown = { readonly made: AppointmentReply; readonly paid: AppointmentPaymentReply; readonly hasToken: boolean };
type Asked = { readonly id: string; readonly token: string | undefined };

const shown = signal<Shown | undefined>(undefined);
const problem = signal<Problem | 'malformed' | undefined>(undefined);

/** The tab keeps what it was opened with, so that a reload shows it again, and the address does not show the token. */
function asked(): Asked | 'malformed' {
  const id = new URLSearchParams(location.hash.slice(1)).get('appointment');
  const link = linkOf(location.hash);
  if (link !== undefined && link !== 'malformed') {
    keepLink(link);
    return link;
  }
  if (id !== null && !location.hash.includes('token=')) return { id, token: undefined };
  return link ?? history.state?.link ?? 'malformed';
}

async function open(): Promise<void> {
  const of = asked();
  if (of === 'malformed') {
    problem.value = 'malformed';
    return;
  }
  const { id, token } = of;
  const read = <T,>(path: string): Promise<Answer<T>> => (token === undefined ? askAs('GET', path) : ask('GET', path, { headers: { 'manage-token': token } }));
  const path = `/v1/appointments/${encodeURIComponent(id)}`;
  const [made, paid] = await Promise.all([read<AppointmentReply>(path), read<AppointmentPaymentReply>(`${path}/payment`)]);
  if (!made.ok) problem.value = made.problem;
  else if (!paid.ok) problem.value = paid.problem;
  else shown.value = { made: made.body, paid: paid.body, hasToken: token !== undefined };
}

function Page() {
  const text = words.value.receipt;
  if (shop.value.state === 'failed' || problem.value !== undefined) return <Failed />;
  if (shown.value === undefined) return <div class="receipts loading" aria-busy="true" />;
  const { made, paid } = shown.value;
  return (
    <main class="receipts">
      <div class="receipts-acts">
        <h1>{text.title}</h1>
        {paid.payments.length > 0 && (
          <button type="button" class="button primary" onClick={() => print()}>
            {text.print}
          </button>
        )}
      </div>
      {paid.payments.length === 0 && <p class="card receipt">{text.none}</p>}
      {paid.payments.map((payment) => (
        <Receipt key={payment.id} of={payment} made={made} paid={paid} />
      ))}
    </main>
  );
}

function Failed() {
  const why = problem.value;
  const failed = shop.value.state === 'failed' ? shop.value.problem : undefined;
  const known = why === 'malformed' ? undefined : (why ?? failed);
  return (
    <main class="receipts">
      <h1>{words.value.receipt.title}</h1>
      <p class="banner danger" role="alert">
        {known === undefined ? words.value.receipt.malformed : sentenceOf(known)}
      </p>
    </main>
  );
}

type ReceiptProps = { readonly of: Paid; readonly made: AppointmentReply; readonly paid: AppointmentPaymentReply };

function Receipt({ of, made, paid }: ReceiptProps) {
  const { receipt: text, labels, made: madeText } = words.value;
  const day = (at: string) => datedDay(Date.parse(at), made.timeZone);
  const place = openShop().locations.find(({ id }) => id === made.locationId);
  const [from, to] = [Date.parse(made.startsAt), Date.parse(made.endsAt)];
  const kept = { amount: of.received.amount - of.refunded.amount, currency: of.received.currency };
  return (
    <article class="card receipt" aria-labelledby={`receipt-${of.id}`}>
      <div class="receipt-head">
        <div>
          <h2 id={`receipt-${of.id}`}>{of.receiptNumber === null ? text.title : say(text.numbered, { number: of.receiptNumber })}</h2>
          <p class="soft">{day(of.createdAt)}</p>
        </div>
        <address>
          {[openShop().business.name, made.locationName, place?.address, place?.phone].filter((line) => line != null && line !== '').join('\n')}
        </address>
      </div>
      <dl class="receipt-facts">
        {made.customer !== null && (
          <>
            <dt>{text.customer}</dt>
            <dd>{made.customer.name}</dd>
          </>
        )}
        {made.serviceName !== null && (
          <>
            <dt>{labels.service}</dt>
            <dd>{[made.serviceName, ...made.addOns.map(({ name }) => name)].join(' + ')}</dd>
          </>
        )}
        <dt>{labels.when}</dt>
        <dd>
          {longDay(from, made.timeZone)} {made.startsAt.slice(0, 4)}, {clockRange(from, to, made.timeZone)}
        </dd>
        <dt>{text.method}</dt>
        <dd>{text[of.method]}</dd>
      </dl>
      <table class="receipt-sums">
        <tbody>
          <Sum term={of.isFee ? madeText.noShowFee : text.received} is={money(of.received)} />
          {of.refunds
            .filter(({ state }) => state === 'done')
            .map(({ id, amount, createdAt }) => (
              <Sum key={id} term={say(text.back, { day: day(createdAt) })} is={`−${money(amount)}`} />
            ))}
          {of.refunded.amount > 0 && <Sum term={text.kept} is={money(kept)} />}
        </tbody>
      </table>
      {of.tax !== null && of.taxPercent !== null && kept.amount > 0 && <Tax percent={of.taxPercent} of={of.tax} gross={kept} />}
      <p class="soft">
        {paid.voucher !== null && `${labels.voucher}: −${money(paid.voucher.discount)}${paid.voucher.code === null ? '' : ` (${paid.voucher.code})`} · `}
        {labels.price}: {priceWords(paid.price, paid.priceType)}
        {paid.due.amount > 0 && ` · ${madeText.toPay}: ${money(paid.due)}`}
      </p>
    </article>
  );
}

type TaxProps = { readonly percent: number; readonly of: NonNullable<Paid['tax']>; readonly gross: Money };

/** Of what the business has kept. */
function Tax({ percent, of, gross }: TaxProps) {
  const text = words.value.receipt;
  const rate = new Intl.NumberFormat(localeTag.value, { style: 'percent', maximumFractionDigits: 2 }).format(percent / 100);
  return (
    <div class="receipt-tax">
      <table>
        <thead>
          <tr>
            {[text.taxRate, text.net, text.tax, text.gross].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{rate}</th>
            <td>{money(of.net)}</td>
            <td>{money(of.tax)}</td>
            <td>{money(gross)}</td>
          </tr>
        </tbody>
      </table>
      <p class="soft">{text.taxNote}</p>
    </div>
  );
}

function Sum({ term, is }: { readonly term: string; readonly is: string }) {
  return (
    <tr>
      <th scope="row">{term}</th>
      <td>{is}</td>
    </tr>
  );
}

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
const resuming = resumeSession();
await Promise.all([openLanguage(), loadShop()]);
document.title = words.value.receipt.title;
render(<Page />, root);
await resuming;
await open();
