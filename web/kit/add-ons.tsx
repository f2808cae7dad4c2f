// What can be done along with a service: boxes to tick, on the booking page and at the desk.
import type { AddOn } from '../../src/model/add-ons.ts';
import { duration, listed, money } from './money-and-time.ts';

type Offered = Omit<AddOn, 'online'>;
type Props = {
  readonly offered: readonly Offered[];
  readonly currency: string;
  readonly chosen: readonly string[];
  /** In the order of the offer. */
  readonly onChoose: (ids: readonly string[]) => void;
};

export function AddOnsField({ offered, currency, chosen, onChoose }: Props) {
  const tick = (id: string) => onChoose(offered.map((one) => one.id).filter((one) => chosen.includes(one) !== (one === id)));
  return (
    <ul class="add-ons">
      {offered.map(({ id, name, priceMinor, durationMinutes }) => (
        <li key={id}>
          <label class="add-on">
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => tick(id)} />
            <span>
              {name} <span class="soft">{termsOf({ priceMinor, durationMinutes }, currency)}</span>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}

/** "+ 15 min, + €12" */
function termsOf({ priceMinor, durationMinutes }: Pick<Offered, 'priceMinor' | 'durationMinutes'>, currency: string): string {
  const time = durationMinutes === 0 ? [] : [`+ ${duration(durationMinutes)}`];
  return [...time, ...(priceMinor === 0 ? [] : [`+ ${money({ amount: priceMinor, currency })}`])].join(', ');
}

export function namesOf(addOns: readonly { readonly name: string }[]): string {
  return listed(addOns.map(({ name }) => name));
}
