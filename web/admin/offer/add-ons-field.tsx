// What can be done along with a service, as it is written.
import type { z } from 'zod';
import { MOST_ADD_ONS } from '../../../src/model/add-ons.ts';
import type { serviceChangeBody } from '../../../src/protocol/catalog.ts';
import type { Kind, Typed } from '../../kit/field-kinds.tsx';
import { counted, moneyField, moneyTyped } from '../../kit/money-and-time.ts';

/** As in a request, where the rest has defaults. */
type Sent = NonNullable<z.input<typeof serviceChangeBody>['addOns']>;
/** As it is typed. */
type Written = { readonly id: string; readonly name: string; readonly price: string; readonly minutes: string; readonly online: string };

export function addOnsKind(currency: string): Kind<Sent> {
  return {
    isGroup: true,
    show: (addOns) => addOns.map((one) => written(one, currency)),
    read: (typed) => {
      const all = writtenIn(typed).map((one) => addOnOf(one, currency));
      const wrong = all.findIndex((one) => typeof one === 'string');
      if (wrong >= 0) return { wrong: `need another look: in add-on ${wrong + 1} ${all[wrong]}` };
      return { value: all.filter((one) => typeof one !== 'string') };
    },
    say: (addOns) => (addOns.length === 0 ? 'none' : `${counted(addOns.length, 'add-on', 'add-ons')} (${addOns.map(({ name }) => name).join(', ')})`),
    Input: (props) => <AddOnsInput {...props} currency={currency} />,
  };
}

function writtenIn(typed: Typed): readonly Written[] {
  // Only this field writes it.
  return Array.isArray(typed) ? (typed as readonly unknown[]).filter((one): one is Written => typeof one === 'object' && one !== null && 'id' in one) : [];
}

function written({ id, name, priceMinor = 0, durationMinutes = 0, online = true }: Sent[number], currency: string): Written {
  return { id, name, price: moneyField({ amount: priceMinor, currency }), minutes: String(durationMinutes), online: online ? 'yes' : '' };
}

function addOnOf({ id, name, price, minutes, online }: Written, currency: string): Sent[number] | string {
  const amount = moneyTyped(price, currency)?.amount;
  if (name.trim() === '') return 'there is no name';
  if (amount === undefined) return 'the price is no amount such as 12 or 12.50';
  if (!/^\s*\d{1,4}\s*$/.test(minutes)) return 'the minutes are no whole number';
  return { id, name: name.trim(), priceMinor: amount, durationMinutes: Number(minutes), online: online === 'yes' };
}

type InputProps = Parameters<Kind<Sent>['Input']>[0] & { readonly currency: string };

function AddOnsInput({ id, typed, onType, currency }: InputProps) {
  const all = writtenIn(typed);
  const change = (index: number, part: Partial<Written>) => onType(all.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const add = () => onType([...all, { id: crypto.randomUUID(), name: '', price: '0', minutes: '0', online: 'yes' }]);
  return (
    <div class="stack">
      <ol class="asked-list">
        {all.map((one, index) => (
          <li key={one.id}>
            <OneAddOn id={`${id}-${index}`} one={one} currency={currency} onChange={(part) => change(index, part)} />
            <div class="actions">
              <button type="button" class="button quiet" onClick={() => onType(all.filter((_, at) => at !== index))}>
                Remove<span class="only-heard"> add-on {index + 1}</span>
              </button>
            </div>
          </li>
        ))}
      </ol>
      {all.length < MOST_ADD_ONS && (
        <div>
          <button type="button" class="button" id={all.length === 0 ? id : `${id}-add`} onClick={add}>
            Add an add-on
          </button>
        </div>
      )}
    </div>
  );
}

type OneProps = { readonly id: string; readonly one: Written; readonly currency: string; readonly onChange: (part: Partial<Written>) => void };

function OneAddOn({ id, one, currency, onChange }: OneProps) {
  const input = (name: 'name' | 'price' | 'minutes', label: string, mode: 'text' | 'decimal' | 'numeric') => (
    <div class="field">
      <label for={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        type="text"
        inputMode={mode}
        autoComplete="off"
        value={one[name]}
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </div>
  );
  return (
    <>
      {input('name', 'Add-on', 'text')}
      <div class="record-row">
        {input('price', `More to pay, in ${currency}`, 'decimal')}
        {input('minutes', 'More minutes', 'numeric')}
      </div>
      <label class="check" for={`${id}-online`}>
        <input
          id={`${id}-online`}
          type="checkbox"
          checked={one.online === 'yes'}
          onChange={(event) => onChange({ online: event.currentTarget.checked ? 'yes' : '' })}
        />
        Customers can choose it on the booking page
      </label>
    </>
  );
}
