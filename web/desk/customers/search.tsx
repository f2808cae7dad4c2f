// The search of the toolbar: `/` goes to it from anywhere.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { CustomerCombobox } from '../../kit/customers/combobox.tsx';
import { isTypedIn } from '../find-time.tsx';
import { look } from '../looking-at.ts';

export function CustomerSearch() {
  const typed = useSignal('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTypedIn(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search class="find">
      <label for="find-customer" class="only-heard">
        Find a customer
      </label>
      <CustomerCombobox
        id="find-customer"
        input={input}
        value={typed.value}
        takesFirst
        placeholder="Find a customer"
        describedBy="find-help"
        nobody="No customer found. Try part of the name, the number or the e-mail address, or the reference of an appointment."
        onInput={(value) => {
          typed.value = value;
        }}
        onChoose={({ id }) => {
          typed.value = '';
          look({ kind: 'customer', customerId: id });
        }}
      />
      <span class="find-key" aria-hidden="true">
        /
      </span>
      <span id="find-help" class="only-heard">
        By name, phone, e-mail or reference. The key / comes here.
      </span>
    </search>
  );
}
