// With whom a service takes another time or costs another price, as it is written.
import type { z } from 'zod';
import type { serviceChangeBody } from '../../../src/protocol/catalog.ts';
import type { Kind, Typed } from '../../kit/field-kinds.tsx';
import { duration, money, moneyField, moneyTyped } from '../../kit/money-and-time.ts';
import type { Staff } from '../../kit/shop.ts';

/** As in a request. */
type Sent = NonNullable<z.input<typeof serviceChangeBody>['staffTerms']>;
/** As it is typed; empty is as with everybody. */
type Written = { readonly staffId: string; readonly minutes: string; readonly price: string };
type People = readonly Pick<Staff, 'id' | 'name'>[];

export function staffTermsKind(currency: string, people: People): Kind<Sent> {
  const nameOf = (staffId: string) => people.find(({ id }) => id === staffId)?.name ?? 'a person who has left';
  return {
    isGroup: true,
    show: (terms) =>
      terms.map(({ staffId, minutes, price }) => ({ staffId, minutes: String(minutes ?? ''), price: price === undefined ? '' : moneyField(price) })),
    read: (typed) => {
      const all = writtenIn(typed).map((one) => termsOf(one, currency));
      const wrong = all.find((one) => typeof one.is === 'string');
      if (typeof wrong?.is === 'string') return { wrong: `need another look: for ${nameOf(wrong.staffId)} ${wrong.is}` };
      return { value: all.flatMap(({ is }) => (typeof is === 'string' || is === undefined ? [] : [is])) };
    },
    say: (terms) => terms.map((one) => `${nameOf(one.staffId)} ${saidOf(one)}`).join('; ') || 'as with everybody',
    Input: (props) => <StaffTermsInput {...props} currency={currency} people={people} />,
  };
}

/** "45 min, €50" */
export function saidOf({ minutes, price }: Omit<Sent[number], 'staffId'>): string {
  return [minutes === undefined ? '' : duration(minutes), price === undefined ? '' : money(price)].filter(Boolean).join(', ');
}

function writtenIn(typed: Typed): readonly Written[] {
  // Only this field writes it.
  return Array.isArray(typed) ? (typed as readonly unknown[]).filter((one): one is Written => typeof one === 'object' && one !== null && 'staffId' in one) : [];
}

/** Nothing, where nothing is otherwise with them. */
function termsOf({ staffId, minutes, price }: Written, currency: string): { readonly staffId: string; readonly is: Sent[number] | string | undefined } {
  const amount = price.trim() === '' ? undefined : (moneyTyped(price, currency) ?? 'wrong');
  if (amount === 'wrong') return { staffId, is: 'the price is no amount such as 45 or 45.50' };
  if (!/^\s*\d{0,4}\s*$/.test(minutes)) return { staffId, is: 'the minutes are no whole number' };
  const own = { ...(minutes.trim() !== '' && { minutes: Number(minutes) }), ...(amount !== undefined && { price: amount }) };
  return { staffId, is: Object.keys(own).length === 0 ? undefined : { staffId, ...own } };
}

type InputProps = Parameters<Kind<Sent>['Input']>[0] & { readonly currency: string; readonly people: People };

function StaffTermsInput({ id, typed, onType, currency, people }: InputProps) {
  const all = writtenIn(typed);
  const change = (index: number, part: Partial<Written>) => onType(all.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const others = people.filter((person) => !all.some(({ staffId }) => staffId === person.id));
  const nameOf = (staffId: string) => people.find((person) => person.id === staffId)?.name ?? 'A person who has left';
  return (
    <div class="stack">
      <ol class="asked-list">
        {all.map(({ staffId, minutes, price }, index) => (
          <li key={staffId}>
            <strong>{nameOf(staffId)}</strong>
            <div class="record-row">
              <Own
                id={`${id}-${index}-minutes`}
                label="Minutes"
                who={nameOf(staffId)}
                mode="numeric"
                is={minutes}
                onInput={(to) => change(index, { minutes: to })}
              />
              <Own
                id={`${id}-${index}-price`}
                label={`Price in ${currency}`}
                who={nameOf(staffId)}
                mode="decimal"
                is={price}
                onInput={(to) => change(index, { price: to })}
              />
            </div>
            <div class="actions">
              <button type="button" class="button quiet" onClick={() => onType(all.filter((_, at) => at !== index))}>
                As with everybody<span class="only-heard">: {nameOf(staffId)}</span>
              </button>
            </div>
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <div class="field">
          <label for={all.length === 0 ? id : `${id}-add`}>Another length or price with</label>
          <select
            id={all.length === 0 ? id : `${id}-add`}
            value=""
            onChange={({ currentTarget }) => {
              if (currentTarget.value !== '') onType([...all, { staffId: currentTarget.value, minutes: '', price: '' }]);
              currentTarget.value = '';
            }}
          >
            <option value="">Choose a person</option>
            {others.map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}

type OwnProps = {
  readonly id: string;
  readonly label: string;
  readonly who: string;
  readonly mode: 'numeric' | 'decimal';
  readonly is: string;
  readonly onInput: (to: string) => void;
};

function Own({ id, label, who, mode, is, onInput }: OwnProps) {
  return (
    <div class="field">
      <label for={id}>
        {label}
        <span class="only-heard"> with {who}</span>
      </label>
      <input
        id={id}
        type="text"
        inputMode={mode}
        autoComplete="off"
        placeholder="as usual"
        value={is}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
