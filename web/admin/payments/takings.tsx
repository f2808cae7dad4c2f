// What was taken on a day or in a week, by location and method, as the books say.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { TakingsReply } from '../../../src/protocol/books.ts';
import { type Problem, query, serverNow } from '../../kit/api.ts';
import { dayWords, money } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import { openShop } from '../../kit/shop.ts';
import { addDays, localDate, viewerZone, weekdayOf } from '../../kit/zoned-dates.ts';
import { tell } from '../notice.tsx';
import { saveTable } from '../save-file.ts';

const METHODS = { provider: 'Card, online', cash: 'Cash', terminal: 'Card terminal' } as const;
type Span = 'day' | 'week';
type Asked = { readonly date: string; readonly span: Span; readonly place: string };
type Days = { readonly from: string; readonly to: string; readonly locationId: string | undefined };

/** Weeks begin on Monday. */
function daysOf({ date, span, place }: Asked): Days {
  const from = span === 'day' ? date : addDays(date, -weekdayOf(date));
  return { from, to: addDays(from, span === 'day' ? 1 : 7), locationId: place === '' ? undefined : place };
}

export function Takings({ ownLocation }: { readonly ownLocation: string | null }) {
  const zone = openShop().locations.find(({ id }) => id === ownLocation)?.timeZone ?? openShop().locations[0]?.timeZone ?? viewerZone();
  const asked = useSignal<Asked>({ date: localDate(serverNow(), zone), span: 'day', place: '' });
  const shown = useSignal<TakingsReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const days = daysOf(asked.value);
  const path = `/v1/takings${query(days)}`;
  useEffect(() => {
    let isGone = false;
    void askAs<TakingsReply>('GET', path).then((answer) => {
      if (isGone) return;
      problem.value = answer.ok ? undefined : answer.problem;
      shown.value = answer.ok ? answer.body : undefined;
    });
    return () => {
      isGone = true;
    };
  }, [path]);
  return (
    <>
      <Choices asked={asked} ownLocation={ownLocation} />
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {shown.value === undefined && problem.value === undefined && <div class="loading office-loading" aria-busy="true" />}
      {shown.value !== undefined && <TakingsTable takings={shown.value} />}
      <div class="actions">
        <Download path={`/v1/takings.csv${query(days)}`} name={`takings-${days.from}.csv`} words="Download as CSV" />
        <Download path={`/v1/ledger.csv${query(days)}`} name={`ledger-${days.from}.csv`} words="Download the books as CSV" />
      </div>
      <p class="soft small">As the books say, by the dates of each location. The provider’s fees are not taken off.</p>
    </>
  );
}

function Choices({ asked, ownLocation }: { readonly asked: Signal<Asked>; readonly ownLocation: string | null }) {
  const { locations } = openShop();
  const { date, span, place } = asked.value;
  const change = (next: Partial<Asked>) => {
    asked.value = { ...asked.value, ...next };
  };
  const step = (by: 1 | -1) => change({ date: addDays(date, by * (span === 'day' ? 1 : 7)) });
  return (
    <div class="listing-tools">
      <div class="listing-filter">
        <label class="only-heard" for="takings-span">
          Of a day or a week
        </label>
        <select id="takings-span" value={span} onChange={(event) => change({ span: event.currentTarget.value === 'week' ? 'week' : 'day' })}>
          <option value="day">One day</option>
          <option value="week">One week</option>
        </select>
      </div>
      <button type="button" class="button" aria-label={`The ${span} before`} onClick={() => step(-1)}>
        ‹
      </button>
      <div class="listing-filter">
        <label class="only-heard" for="takings-date">
          Date
        </label>
        <input
          id="takings-date"
          type="date"
          value={date}
          onChange={(event) => event.currentTarget.value !== '' && change({ date: event.currentTarget.value })}
        />
      </div>
      <button type="button" class="button" aria-label={`The ${span} after`} onClick={() => step(1)}>
        ›
      </button>
      {ownLocation === null && locations.length > 1 && (
        <div class="listing-filter">
          <label class="only-heard" for="takings-place">
            Location
          </label>
          <select id="takings-place" value={place} onChange={(event) => change({ place: event.currentTarget.value })}>
            <option value="">All locations</option>
            {locations.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}

function TakingsTable({ takings: { from, to, rows, totals, vouchers } }: { readonly takings: TakingsReply }) {
  const last = addDays(to, -1);
  const title = from === last ? `Takings of ${dayWords(from).long}` : `Takings from ${dayWords(from).long} to ${dayWords(last).long}`;
  const hasDisputes = totals.some(({ disputed }) => disputed.amount !== 0) || rows.some(({ disputed }) => disputed.amount !== 0);
  const amounts = ({ received, refunded, disputed, net }: TakingsReply['totals'][number]) => [
    ['Received', received] as const,
    ['Paid back', refunded] as const,
    ...(hasDisputes ? [['Disputed', disputed] as const] : []),
    ['Kept', net] as const,
  ];
  return (
    <>
      <h2>{title}</h2>
      {rows.length === 0 && <p class="empty">Nothing was taken.</p>}
      {rows.length > 0 && (
        <table class="listing-table">
          <caption class="only-heard">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{from === last ? 'Location and method' : 'Day, location and method'}</th>
              <th scope="col" data-number="true">
                Received
              </th>
              <th scope="col" data-number="true">
                Paid back
              </th>
              {hasDisputes && (
                <th scope="col" data-number="true">
                  Disputed
                </th>
              )}
              <th scope="col" data-number="true">
                Kept
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Line
                key={`${row.date} ${row.locationId} ${row.method} ${row.net.currency}`}
                name={[...(from === last ? [] : [dayWords(row.date).long]), row.locationName, METHODS[row.method]].join(' · ')}
                amounts={amounts(row)}
              />
            ))}
          </tbody>
          <tfoot>
            {totals.map((row) => (
              <Line key={`${row.method} ${row.net.currency}`} name={`All: ${METHODS[row.method]}`} amounts={amounts(row)} />
            ))}
          </tfoot>
        </table>
      )}
      <Taxes totals={totals} />
      <Discounts vouchers={vouchers} />
    </>
  );
}

/** By rate, of all methods together. Where no rate was ever said there is nothing to tell. */
function Taxes({ totals }: { readonly totals: TakingsReply['totals'] }) {
  const all = totals.flatMap(({ taxes }) => taxes);
  if (all.every(({ taxPercent }) => taxPercent === null)) return null;
  const rates = [...Map.groupBy(all, ({ taxPercent, gross }) => `${taxPercent} ${gross.currency}`).values()].flatMap((these) => {
    const [first] = these;
    if (first === undefined) return [];
    const sum = (of: 'gross' | 'net' | 'tax') => ({ ...first[of], amount: these.reduce((total, one) => total + one[of].amount, 0) });
    return [{ taxPercent: first.taxPercent, net: sum('net'), tax: sum('tax'), gross: sum('gross') }];
  });
  rates.sort((one, other) => (one.taxPercent ?? Infinity) - (other.taxPercent ?? Infinity));
  return (
    <>
      <h3>Taxes</h3>
      <table class="listing-table">
        <caption class="only-heard">Taxes by rate</caption>
        <thead>
          <tr>
            <th scope="col">Rate</th>
            {['Net', 'Tax', 'Gross'].map((name) => (
              <th key={name} scope="col" data-number="true">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rates.map(({ taxPercent, net, tax, gross }) => (
            <Line
              key={`${taxPercent} ${gross.currency}`}
              name={taxPercent === null ? 'No rate' : `${taxPercent}%`}
              amounts={[
                ['Net', net],
                ['Tax', tax],
                ['Gross', gross],
              ]}
            />
          ))}
        </tbody>
      </table>
      <p class="soft small">Of what came less what went back, with the rate that was agreed for each payment.</p>
    </>
  );
}

/** By voucher and currency, the dearest first. */
function Discounts({ vouchers }: Pick<TakingsReply, 'vouchers'>) {
  if (vouchers.length === 0) return null;
  const sums = [...Map.groupBy(vouchers, ({ voucherId, discount }) => `${voucherId} ${discount.currency}`).values()].flatMap((these) => {
    const [first] = these;
    if (first === undefined) return [];
    const [uses, amount] = [these.reduce((sum, one) => sum + one.uses, 0), these.reduce((sum, one) => sum + one.discount.amount, 0)];
    return [{ code: first.code, uses, discount: { ...first.discount, amount } }];
  });
  sums.sort((one, other) => other.discount.amount - one.discount.amount || one.code.localeCompare(other.code));
  return (
    <>
      <h3>Vouchers</h3>
      <table class="listing-table">
        <caption class="only-heard">What vouchers took off</caption>
        <thead>
          <tr>
            <th scope="col">Voucher</th>
            <th scope="col" data-number="true">
              Visits
            </th>
            <th scope="col" data-number="true">
              Taken off
            </th>
          </tr>
        </thead>
        <tbody>
          {sums.map(({ code, uses, discount }) => (
            <tr key={`${code} ${discount.currency}`}>
              <th scope="row">{code}</th>
              <td data-name="Visits" data-number="true">
                {uses}
              </td>
              <td data-name="Taken off" data-number="true">
                {money(discount)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="soft small">
        Off the prices of the visits of these days, paid or not. It is not in the takings. No-shows and what was called off do not count.
      </p>
    </>
  );
}

type LineProps = { readonly name: string; readonly amounts: readonly (readonly [name: string, amount: Parameters<typeof money>[0]])[] };

function Line({ name, amounts }: LineProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {amounts.map(([column, amount]) => (
        <td key={column} data-name={column} data-number="true">
          {money(amount)}
        </td>
      ))}
    </tr>
  );
}

type DownloadProps = { readonly path: string; readonly name: string; readonly words: string };

function Download({ path, name, words }: DownloadProps) {
  const take = async () => {
    const refused = await saveTable(path, name);
    tell(refused === undefined ? 'The file is in your downloads.' : sentenceOf(refused));
  };
  return (
    <button type="button" class="button" onClick={() => void take()}>
      {words}
    </button>
  );
}
