// Vouchers of the business: made, looked at, and ended. One is never changed, since customers may have been told what it is good for.
import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { Money } from '../../../src/model/money.ts';
import type { newVoucherBody, VoucherReply } from '../../../src/protocol/vouchers.ts';
import { type Problem, query, serverNow } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { choice, type Kind, lineOrNone, percentOrNone, priceOrNone, several, wholeNumberOrNone } from '../../kit/field-kinds.tsx';
import { listed, money, shortDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import { addDays, localDate, startOfDate, viewerZone } from '../../kit/zoned-dates.ts';
import { openCatalog } from '../catalog.ts';
import type { FieldsOf } from '../drafts.ts';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { usePages } from '../pages.tsx';
import { FormPart, RecordForm } from '../record-form.tsx';

const PAGE = 50;
const PATHS = { open: `/v1/vouchers${query({ isOpen: 'true', limit: PAGE })}`, all: `/v1/vouchers${query({ limit: PAGE })}` } as const;
type Page = { readonly items: VoucherReply[]; readonly nextCursor: string | null };
type Body = Omit<z.input<typeof newVoucherBody>, 'id'>;
const BLANK: Body = { code: undefined, amount: null, percent: null, leastPrice: null, mostUses: null, mostUsesEach: null, serviceIds: [] };

/** A day on the clock of the reader. `isLast`: that day counts as well. */
function day(isLast: boolean): Kind<string | null | undefined> {
  const dayOf = (at: string) => localDate(Date.parse(at) - (isLast ? 1 : 0), viewerZone());
  return {
    show: (value) => (value == null ? '' : dayOf(value)),
    read: (typed) => {
      if (typeof typed !== 'string' || typed === '') return { value: null };
      return { value: new Date(startOfDate(isLast ? addDays(typed, 1) : typed, viewerZone())).toISOString() };
    },
    say: (value) => (value == null ? 'no limit' : dayOf(value)),
    Input: ({ id, typed, onType, shared }) => (
      <input {...shared} id={id} type="date" value={typeof typed === 'string' ? typed : ''} onInput={(event) => onType(event.currentTarget.value)} />
    ),
  };
}

function fieldsIn(currency: string): FieldsOf<Body> {
  const services = openCatalog().services.map(({ id, name }) => ({ value: id, words: name }));
  const code = lineOrNone();
  return {
    code: {
      label: 'Code',
      kind: { ...code, read: (typed) => (typeof typed === 'string' && typed.trim() !== '' ? { value: typed.trim() } : { value: undefined }) },
      hint: 'What customers type, at least six letters and digits. Left empty, one is made that cannot be guessed.',
      isOptional: true,
    },
    amount: { label: `Amount off (${currency})`, kind: priceOrNone(currency), hint: 'An amount, or a share: one of the two.', isOptional: true },
    percent: { label: 'Percent off', kind: percentOrNone('none'), isOptional: true },
    leastPrice: { label: `Only from this price on (${currency})`, kind: priceOrNone(currency), isOptional: true },
    mostUses: { label: 'Uses in all', kind: wholeNumberOrNone('no limit'), hint: 'Empty: no limit.', isOptional: true },
    mostUsesEach: { label: 'Uses of one customer', kind: wholeNumberOrNone('no limit'), hint: 'Empty: no limit.', isOptional: true },
    serviceIds: { label: 'Only for these services', kind: several(services, 'all'), hint: 'None chosen: for all.' },
    validFrom: { label: 'First day', kind: day(false), hint: 'On which it is used; the appointment may be later.', isOptional: true },
    validTo: { label: 'Last day', kind: day(true), isOptional: true },
  };
}

export function Vouchers() {
  const isMaking = useSignal(false);
  const shown = useSignal<keyof typeof PATHS>('open');
  const version = useSignal(0);
  const again = () => {
    version.value += 1;
  };
  return (
    <>
      {isMaking.value ? (
        <NewVoucher
          onMade={({ code }) => {
            isMaking.value = false;
            again();
            tell(`The voucher ${code} is made.`, ['Customers type it on the booking page, and the desk with a booking or a payment.']);
          }}
        />
      ) : (
        <div>
          <button
            type="button"
            class="button primary"
            onClick={() => {
              isMaking.value = true;
            }}
          >
            New voucher
          </button>
        </div>
      )}
      <VoucherList key={`${shown.value} ${version.value}`} path={PATHS[shown.value]} onEnded={again}>
        <div class="listing-filter">
          <label class="only-heard" for="vouchers-shown">
            Which
          </label>
          <select
            id="vouchers-shown"
            value={shown.value}
            onChange={(event) => {
              shown.value = event.currentTarget.value === 'all' ? 'all' : 'open';
            }}
          >
            <option value="open">Can be used</option>
            <option value="all">All</option>
          </select>
        </div>
      </VoucherList>
    </>
  );
}

function NewVoucher({ onMade }: { readonly onMade: (made: VoucherReply) => void }) {
  const currencies = [...new Set(openCatalog().locations.map(({ currency }) => currency))];
  const currency = useSignal(currencies[0] ?? 'EUR');
  const id = useSignal(crypto.randomUUID());
  const kind = choice(currencies.map((value) => ({ value, words: value })));
  return (
    <RecordForm
      id={`payments/voucher/${currency.value}`}
      fields={fieldsIn(currency.value)}
      record={null}
      blank={BLANK}
      save={(body) => askAs<VoucherReply>('POST', '/v1/vouchers', { body: { id: id.value, ...body } })}
      onSaved={onMade}
      words={{ save: 'Make the voucher', saved: 'The voucher is made.' }}
    >
      {(form) => (
        <>
          {currencies.length > 1 && (
            <div class="field">
              <label for="voucher-currency">Currency</label>
              <kind.Input
                id="voucher-currency"
                typed={currency.value}
                onType={(typed) => {
                  currency.value = String(typed);
                }}
                shared={{ 'aria-invalid': false }}
              />
            </div>
          )}
          <FormPart title="New voucher" form={form} rows={[['code'], ['amount', 'percent'], ['leastPrice']]} />
          <FormPart title="Limits" form={form} rows={[['mostUses', 'mostUsesEach'], ['validFrom', 'validTo'], ['serviceIds']]} />
        </>
      )}
    </RecordForm>
  );
}

type ListProps = { readonly path: string; readonly onEnded: () => void; readonly children: preact.ComponentChildren };

function VoucherList({ path, onEnded, children }: ListProps) {
  const { items, more, trouble } = usePages<VoucherReply, Page>(path);
  const asked = useSignal<VoucherReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const end = async ({ id, code }: VoucherReply) => {
    const answer = await askAs('POST', `/v1/vouchers/${id}/end`);
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    tell(`The voucher ${code} is ended.`, ['Who has its price already keeps it.']);
    onEnded();
  };
  return (
    <>
      {trouble}
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <Listing
        id="vouchers"
        words={['voucher', 'vouchers']}
        items={items}
        keyOf={({ id }) => id}
        columns={[
          { id: 'code', name: 'Code', show: ({ code }) => <code>{code}</code>, by: ({ code }) => code },
          { id: 'off', name: 'Takes off', show: offWords, by: ({ percent, amount }) => percent ?? amount?.amount ?? 0, isNumber: true },
          { id: 'used', name: 'Used', show: usedWords, by: ({ used }) => used, isNumber: true },
          { id: 'for', name: 'For', show: forWords },
          { id: 'when', name: 'When', show: whenWords, by: ({ validTo }) => validTo ?? '~' },
          {
            id: 'end',
            name: 'End',
            show: (voucher) =>
              voucher.endedAt === null && (
                <button
                  type="button"
                  class="button danger"
                  onClick={() => {
                    asked.value = voucher;
                  }}
                >
                  End<span class="only-heard"> {voucher.code}</span>
                </button>
              ),
          },
        ]}
        empty={<p>There is no voucher. One takes an amount or a share off the price of a booking.</p>}
        more={more}
      >
        {children}
      </Listing>
      {asked.value !== undefined && (
        <AskFirst
          title={`End ${asked.value.code}?`}
          confirm="End it"
          keep="Keep it"
          onConfirm={() => asked.value !== undefined && void end(asked.value)}
          onClose={() => {
            asked.value = undefined;
          }}
        >
          <p>It cannot be used from now on. Who has its price already, held or booked, keeps it. This cannot be undone.</p>
        </AskFirst>
      )}
    </>
  );
}

function offWords({ amount, percent }: VoucherReply): string {
  return amount === null ? `${percent ?? 0}%` : money(amount);
}

function usedWords({ used, mostUses }: VoucherReply): string {
  return mostUses === null ? String(used) : `${used} of ${mostUses}`;
}

function forWords({ serviceIds, leastPrice, mostUsesEach }: VoucherReply): string {
  const names = openCatalog().services.flatMap(({ id, name }) => (serviceIds.includes(id) ? [name] : []));
  const what = serviceIds.length === 0 ? 'Everything' : names.length === 0 ? 'Services that are gone' : listed(names);
  const from = (least: Money | null) => (least === null ? '' : `, from ${money(least)}`);
  return `${what}${from(leastPrice)}${mostUsesEach === null ? '' : `, ${mostUsesEach} for each customer`}`;
}

function whenWords({ validFrom, validTo, endedAt }: VoucherReply): string {
  const dayOf = (at: number) => shortDay(at, viewerZone());
  if (endedAt !== null) return `Ended ${dayOf(Date.parse(endedAt))}`;
  const from = validFrom !== null && Date.parse(validFrom) > serverNow() ? `from ${dayOf(Date.parse(validFrom))}` : '';
  const to = validTo === null ? '' : `until ${dayOf(Date.parse(validTo) - 1)}`;
  return [from, to].filter((part) => part !== '').join(' ') || 'Always';
}
