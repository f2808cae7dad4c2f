// What the provider has paid out to the business, the newest first, as the books say.
import type { LedgerEntryReply } from '../../../src/protocol/books.ts';
import { query } from '../../kit/api.ts';
import { longDay, money } from '../../kit/money-and-time.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { Listing } from '../listing.tsx';
import { usePages } from '../pages.tsx';

const PAGE = 50;
const PATH = `/v1/ledger${query({ account: 'payouts', limit: PAGE })}`;
type Page = { readonly items: LedgerEntryReply[]; readonly nextCursor: string | null };

export function Payouts() {
  const { items, more, trouble } = usePages<LedgerEntryReply, Page>(PATH);
  return (
    <>
      {trouble}
      <Listing
        id="payouts"
        words={['payout', 'payouts']}
        items={items}
        keyOf={({ number }) => String(number)}
        columns={[
          { id: 'at', name: 'When', show: ({ at }) => longDay(Date.parse(at), viewerZone()), by: ({ number }) => number },
          { id: 'amount', name: 'Amount', show: amountOf, by: ({ amount }) => amount.amount, isNumber: true },
          { id: 'what', name: 'What', show: ({ debit }) => (debit === 'payouts' ? 'Paid out' : 'Came back'), by: ({ debit }) => debit },
          { id: 'entry', name: 'Entry', show: ({ number }) => String(number), by: ({ number }) => number, isNumber: true },
        ]}
        empty={<p>Nothing was paid out yet. Payouts are read from the provider once an hour.</p>}
        more={more}
      />
      <p class="soft small">
        On the day on which the provider sends it; a bank takes some days. Its fees are taken off before: each payment says its own, and the table of the books
        has all.
      </p>
    </>
  );
}

/** What a bank has refused is with the provider again. */
function amountOf({ debit, amount }: LedgerEntryReply): string {
  return debit === 'payouts' ? money(amount) : `−${money(amount)}`;
}
