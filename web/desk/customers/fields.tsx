// Whom a new appointment is for: a known customer, a new one, or a walk-in with a name only.
import { useRef } from 'preact/hooks';
import type { Problem } from '../../kit/api.ts';
import { CustomerCombobox } from '../../kit/customers/combobox.tsx';
import { type CustomerRecord, contactWords, itemsOf, useFound } from '../../kit/customers/finding.ts';
import { Field } from '../../kit/field.tsx';
import type { NewAppointment } from '../commands.ts';
import { chooseKnown, type Draft, draft, forgetDraft, type KnownCustomer, typeDraft } from '../draft.ts';
import { words } from '../wording.ts';
import { wrongIn } from '../wrong-in.ts';

/** Shorter ones are begun and not typed. */
const LEAST_DIGITS = 6;

export function customerOf({ name, email, phone, known }: Draft): NewAppointment['customer'] {
  if (known !== undefined) return known;
  return { name: name.trim(), ...(email.trim() !== '' && { email: email.trim() }), ...(phone.trim() !== '' && { phone: phone.trim() }) };
}

export function CustomerFields({ problem }: { readonly problem: Problem | undefined }) {
  const { known, ...typed } = draft.value;
  const isEmpty = known === undefined && Object.values(typed).every((value) => value === '');
  const wasTypedBefore = useRef(!isEmpty).current;
  return (
    <>
      {wasTypedBefore && !isEmpty && (
        <p class="typed-before">
          {words.value.customer.draft}{' '}
          <button type="button" class="button quiet" onClick={forgetDraft}>
            {words.value.customer.clear}
          </button>
        </p>
      )}
      {known === undefined ? <NewCustomer problem={problem} /> : <Known known={known} wrong={wrongIn(problem, 'customer.id', 'customer')} />}
      <Field
        id="new-notes"
        label={words.value.facts.staffNotes}
        isOptional
        value={typed.staffNotes}
        onInput={(value) => typeDraft('staffNotes', value)}
        wrong={wrongIn(problem, 'staffNotes', 'note')}
      />
    </>
  );
}

function NewCustomer({ problem }: { readonly problem: Problem | undefined }) {
  const { name, email, phone } = draft.value;
  const text = words.value.customer;
  const wrongName = wrongIn(problem, 'customer.name', 'name');
  const choose = (customer: CustomerRecord) => chooseKnown(knownOf(customer));
  return (
    <>
      <div class="field">
        <label for="new-name">{text.customer}</label>
        <CustomerCombobox
          id="new-name"
          value={name}
          takesFirst={false}
          isRequired
          isWrong={wrongName !== undefined}
          describedBy={wrongName === undefined ? 'new-name-hint' : 'new-name-wrong'}
          notFound={null}
          onInput={(value) => typeDraft('name', value)}
          onChoose={choose}
        />
        {wrongName === undefined ? (
          <p class="field-hint" id="new-name-hint">
            {text.choose}
          </p>
        ) : (
          <p class="wrong" id="new-name-wrong">
            {wrongName}
          </p>
        )}
      </div>
      <Field
        id="new-phone"
        label={words.value.facts.phone}
        mode="tel"
        isOptional
        value={phone}
        onInput={(value) => typeDraft('phone', value)}
        wrong={wrongIn(problem, 'customer.phone', 'phone')}
      />
      <SameNumber phone={phone} onChoose={choose} />
      <Field
        id="new-email"
        label={words.value.facts.email}
        mode="email"
        isOptional
        value={email}
        onInput={(value) => typeDraft('email', value)}
        wrong={wrongIn(problem, 'customer.email', 'email')}
      />
    </>
  );
}

/** A number is that of a family, or typed wrongly: whom it is for is for people to say. */
function SameNumber({ phone, onChoose }: { readonly phone: string; readonly onChoose: (customer: CustomerRecord) => void }) {
  const isWhole = phone.replaceAll(/\D/g, '').length >= LEAST_DIGITS;
  const items = itemsOf(useFound(isWhole ? phone : ''));
  const text = words.value.customer;
  return (
    <div role="status" class="same-number">
      {items.length > 0 && <p class="soft">{items.length === 1 ? text.numberKnown : text.numberOfSeveral}</p>}
      {items.map((customer) => (
        <button key={customer.id} type="button" class="button" onClick={() => onChoose(customer)}>
          {text.isIt({ name: customer.name })}
        </button>
      ))}
    </div>
  );
}

function Known({ known, wrong }: { readonly known: KnownCustomer; readonly wrong: string | undefined }) {
  const text = words.value.customer;
  return (
    <div class="field">
      <span class="label" id="known-label">
        {text.customer}
      </span>
      <fieldset class="known" aria-labelledby="known-label">
        <p>
          <strong>{known.name}</strong>
          {known.isBlocked && <span class="tag danger">{text.blocked}</span>}
          {known.phone === undefined && known.email === undefined ? <span class="soft">{contactWords(known)}</span> : null}
          {known.phone !== undefined && <span class="soft">{known.phone}</span>}
          {known.email !== undefined && <span class="soft">{known.email}</span>}
        </p>
        <button type="button" class="button quiet" onClick={() => chooseKnown(undefined)}>
          {text.change}
          <span class="only-heard"> {text.theCustomer}</span>
        </button>
      </fieldset>
      {known.isBlocked && <p class="soft">{text.isBlocked}</p>}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
    </div>
  );
}

export function knownOf({ id, name, email, phone, blocked }: CustomerRecord): KnownCustomer {
  return { id, name, ...(email !== undefined && { email }), ...(phone !== undefined && { phone }), isBlocked: blocked };
}
