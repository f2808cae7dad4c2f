// What is done along with an appointment, in the form that edits it.
import type { Signal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { AddOnsField } from '../kit/add-ons.tsx';
import { openShop, type Service } from '../kit/shop.ts';
import { addOnIdsOf, type Naming, type Typed, withAddOns } from './editing.ts';
import { words } from './wording.ts';

type Known = AppointmentReply['addOns'];

/** Those it has, as they were agreed, before those that its service offers. */
export function knownAddOns({ serviceId, addOns, agreedBefore = [] }: AppointmentReply, service: Service | undefined): Known {
  const isOwn = service === undefined || service.id === serviceId;
  const own = isOwn ? addOns : (agreedBefore.find((one) => one.serviceId === service.id)?.addOns ?? []);
  return [...own, ...(service?.addOns ?? []).filter(({ id }) => !own.some((one) => one.id === id))];
}

export function nameOfAddOn({ addOns, agreedBefore = [] }: AppointmentReply): Naming['addOn'] {
  const all = [...addOns, ...agreedBefore.flatMap((before) => before.addOns ?? []), ...openShop().services.flatMap((service) => service.addOns)];
  return (id) => all.find((one) => one.id === id)?.name ?? words.value.edit.oldAddOn;
}

export function AddOns({ record, typed, known }: { readonly record: AppointmentReply; readonly typed: Signal<Typed>; readonly known: Known }) {
  if (known.length === 0) return null;
  const { currency } = record.price;
  return (
    <fieldset class="field">
      <legend class="label">{words.value.fields.addOns}</legend>
      <AddOnsField
        offered={known}
        currency={currency}
        chosen={addOnIdsOf(typed.value)}
        onChoose={(ids) => {
          typed.value = withAddOns(typed.value, ids, known, { currency, seats: record.seats });
        }}
      />
    </fieldset>
  );
}
