// Editing a customer in place.
import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { announce } from '../../kit/announcing.tsx';
import type { Problem } from '../../kit/api.ts';
import type { CustomerRecord } from '../../kit/customers/finding.ts';
import { Field } from '../../kit/field.tsx';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import { words } from '../wording.ts';
import { wrongIn } from '../wrong-in.ts';

type Props = {
  readonly record: CustomerRecord;
  /** With the record as it is now; `undefined`: nothing was changed. */
  readonly onDone: (changed?: CustomerRecord) => void;
  /** It was changed elsewhere. */
  readonly onOutdated: () => void;
};
type Typed = {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly tags: string;
  readonly notes: string;
  readonly staffNotes: string;
};

export function CustomerForm({ record, onDone, onOutdated }: Props) {
  // Only what is changed here is sent: what is changed elsewhere meanwhile stays.
  const begun = useRef(record).current;
  const typed = useSignal<Typed>(typedOf(begun));
  const isBlocked = useSignal(record.blocked);
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  // One key for one form as it was typed: pressing twice changes once.
  const sent = useRef({ text: '', key: '' });
  const bind = (name: keyof Typed) => ({
    value: typed.value[name],
    onInput: (value: string) => {
      typed.value = { ...typed.value, [name]: value };
    },
  });
  const save = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    const body = changesOf(begun, typed.value, isBlocked.value);
    const text = JSON.stringify([record.version, body]);
    if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
    const headers = { 'if-match': `"${record.version}"`, 'idempotency-key': sent.current.key };
    const answer = await askAs<CustomerRecord>('PATCH', `/v1/customers/${record.id}`, { body, headers });
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) {
      announce(words.value.customer.saved({ name: answer.body.name }));
      onDone(answer.body);
    } else if (answer.problem.code === 'version-mismatch') onOutdated();
  };
  const wrong = problem.value;
  const { customer: text, facts } = words.value;
  return (
    <form class="stack" onSubmit={(event) => void save(event)}>
      <Field id="customer-name" label={text.name} isFocused {...bind('name')} wrong={wrongIn(wrong, 'name', 'name')} />
      <Field id="customer-phone" label={facts.phone} mode="tel" isOptional {...bind('phone')} wrong={wrongIn(wrong, 'phone', 'phone')} />
      <Field id="customer-email" label={facts.email} mode="email" isOptional {...bind('email')} wrong={wrongIn(wrong, 'email', 'email')} />
      <Field id="customer-tags" label={text.tags} isOptional hint={text.commas} {...bind('tags')} wrong={wrongIn(wrong, 'tags', 'tags')} />
      <Field id="customer-notes" label={facts.notes} isOptional isLong {...bind('notes')} wrong={wrongIn(wrong, 'notes', 'note')} />
      <Field id="customer-staff-notes" label={facts.staffNotes} isOptional isLong {...bind('staffNotes')} wrong={wrongIn(wrong, 'staffNotes', 'note')} />
      <Blocked isBlocked={isBlocked} />
      {wrong !== undefined && (
        <p class="banner danger" role="alert">
          {wrong.code === 'version-mismatch' ? text.others : sentenceOf(wrong)}
        </p>
      )}
      <p class="soft">{text.aheadToo}</p>
      <div class="actions">
        <button type="submit" class="button primary" aria-busy={isBusy.value || undefined}>
          {text.save}
        </button>
        <button type="button" class="button" onClick={() => onDone()}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}

function Blocked({ isBlocked }: { readonly isBlocked: Signal<boolean> }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isBlocked.value}
        onChange={(event) => {
          isBlocked.value = event.currentTarget.checked;
        }}
      />
      <span>
        {words.value.customer.block} <span class="soft">{words.value.customer.blockHint}</span>
      </span>
    </label>
  );
}

function typedOf({ name, email = '', phone = '', tags, notes, staffNotes }: CustomerRecord): Typed {
  return { name, email, phone, tags: tags.join(', '), notes: notes ?? '', staffNotes: staffNotes ?? '' };
}

function changesOf(begun: CustomerRecord, typed: Typed, blocked: boolean): object {
  const before = typedOf(begun);
  const isChanged = (name: keyof Typed) => typed[name].trim() !== before[name];
  const orNone = (text: string) => (text.trim() === '' ? null : text.trim());
  const words = typed.tags.split(',').map((tag) => tag.trim());
  return {
    ...(isChanged('name') && { name: typed.name.trim() }),
    ...Object.fromEntries((['email', 'phone', 'notes', 'staffNotes'] as const).filter(isChanged).map((name) => [name, orNone(typed[name])])),
    ...(isChanged('tags') && { tags: words.filter((tag) => tag !== '') }),
    ...(blocked !== begun.blocked && { blocked }),
  };
}
