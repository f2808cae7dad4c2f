// A field that suggests customers while the user types: WAI-ARIA's combobox with a list. Arrows choose, Enter takes, Escape closes.
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../announcing.tsx';
import { sentenceOf } from '../problem-sentences.ts';
import { staffWords } from '../staff-words.ts';
import { type CustomerRecord, contactWords, type Found, itemsOf, nextWords, useFound } from './finding.ts';

/** What is found besides customers: it stands after them. */
export type OtherFind = { readonly id: string; readonly name: string; readonly detail: string; readonly onChoose: () => void };

type Props = {
  readonly id: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onChoose: (customer: CustomerRecord) => void;
  /** Enter takes the first one if none is chosen; else only one that was chosen with the arrows. */
  readonly takesFirst: boolean;
  readonly placeholder?: string;
  readonly describedBy?: string | undefined;
  readonly isWrong?: boolean;
  readonly isRequired?: boolean;
  /** What is said if no customer is found. */
  readonly notFound: ComponentChildren;
  readonly input?: RefObject<HTMLInputElement | null>;
  readonly others?: readonly OtherFind[];
};

export function CustomerCombobox({ id, value, onInput, onChoose, takesFirst, notFound, others = [], ...more }: Props) {
  const isOpen = useSignal(false);
  const active = useSignal(-1);
  /** Enter was pressed before the answer came. */
  const isHurried = useRef(false);
  const root = useRef<HTMLDivElement>(null);
  const found = useFound(isOpen.value ? value : '');
  const items = itemsOf(found);
  const closing = (take: () => void) => {
    isOpen.value = false;
    take();
  };
  const choose = (customer: CustomerRecord) => closing(() => onChoose(customer));
  const chooseOther = (other: OtherFind) => closing(other.onChoose);
  useAnswers(found, { isOpen, active, isHurried, takesFirst, choose });
  useCloseOutside(root, () => {
    isOpen.value = false;
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isAnswered = found.state === 'found' && found.asked === value.trim();
    const count = items.length + others.length;
    const take = isAnswered ? [...items.map((one) => () => choose(one)), ...others.map((one) => () => chooseOther(one))][active.value] : undefined;
    if (step !== undefined && count > 0) active.value = (active.value + step + count) % count;
    else if (event.key === 'Enter' && isOpen.value && take !== undefined) take();
    else if (event.key === 'Enter' && takesFirst && value.trim() !== '' && !isAnswered) isHurried.current = true;
    else if (event.key === 'Escape' && isOpen.value) isOpen.value = false;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isShown =
    isOpen.value && value.trim() !== '' && (items.length + others.length > 0 || found.state === 'failed' || (found.state === 'found' && notFound !== null));
  return (
    <div class="combobox" ref={root}>
      <input
        id={id}
        ref={more.input ?? null}
        type="text"
        role="combobox"
        autoComplete="off"
        spellcheck={false}
        required={more.isRequired ?? false}
        aria-invalid={more.isWrong ?? false}
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        {...(active.value >= 0 && isShown && { 'aria-activedescendant': `${id}-${active.value}` })}
        {...(more.describedBy !== undefined && { 'aria-describedby': more.describedBy })}
        {...(more.placeholder !== undefined && { placeholder: more.placeholder })}
        value={value}
        onKeyDown={onKeyDown}
        onFocus={() => {
          isOpen.value = true;
        }}
        onInput={(event) => {
          isOpen.value = true;
          onInput(event.currentTarget.value);
        }}
      />
      <List id={id} found={found} active={active.value} isShown={isShown} notFound={notFound} others={others} onChoose={choose} onOther={chooseOther} />
    </div>
  );
}

type Answering = {
  readonly isOpen: Signal<boolean>;
  readonly active: Signal<number>;
  readonly isHurried: { current: boolean };
  readonly takesFirst: boolean;
  readonly choose: (customer: CustomerRecord) => void;
};

/** What an answer does: it is announced, its first one may be marked, and taken if Enter was pressed already. */
function useAnswers(found: Found, { isOpen, active, isHurried, takesFirst, choose }: Answering): void {
  const items = itemsOf(found);
  useEffect(() => {
    active.value = takesFirst && items.length > 0 ? 0 : -1;
  }, [found.state, items]);
  useEffect(() => {
    // A new name need not be called new at each keystroke.
    if (isOpen.value && (takesFirst || items.length > 0)) announce(heardOf(found));
    const [first] = items;
    if (found.state === 'found' && isHurried.current && first !== undefined) choose(first);
    if (found.state !== 'searching') isHurried.current = false;
  }, [found]);
}

type ListProps = Pick<Props, 'id' | 'notFound' | 'onChoose'> & {
  readonly found: Found;
  readonly active: number;
  readonly isShown: boolean;
  readonly others: readonly OtherFind[];
  readonly onOther: (other: OtherFind) => void;
};

function List({ id, found, active, isShown, notFound, others, onChoose, onOther }: ListProps) {
  const items = itemsOf(found);
  return (
    <div class="combobox-list" hidden={!isShown} aria-busy={found.state === 'searching'}>
      <div id={`${id}-list`} role="listbox" aria-label={staffWords.value.customers.suggestions}>
        {items.map((customer, index) => (
          <Option key={customer.id} id={`${id}-${index}`} isActive={index === active} onChoose={() => onChoose(customer)}>
            <CustomerWords customer={customer} />
          </Option>
        ))}
        {others.map((other, index) => (
          <Option key={other.id} id={`${id}-${items.length + index}`} isActive={items.length + index === active} onChoose={() => onOther(other)}>
            <span class="found-name">{other.name}</span>
            <span class="soft">{other.detail}</span>
          </Option>
        ))}
      </div>
      {found.state === 'found' && items.length + others.length === 0 && <p class="soft combobox-not-found">{notFound}</p>}
      {found.state === 'failed' && <p class="combobox-not-found">{sentenceOf(found.problem)}</p>}
    </div>
  );
}

function heardOf(found: Found): string {
  if (found.state === 'failed') return sentenceOf(found.problem);
  if (found.state !== 'found') return '';
  const text = staffWords.value.customers;
  return found.items.length === 0 ? text.none : text.found({ count: found.items.length });
}

type OptionProps = { readonly id: string; readonly isActive: boolean; readonly onChoose: () => void; readonly children: ComponentChildren };

function Option({ id, isActive, onChoose, children }: OptionProps) {
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
    <div
      id={id}
      ref={item}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      class="found"
      // The focus stays in the field.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      {children}
    </div>
  );
}

function CustomerWords({ customer }: { readonly customer: CustomerRecord }) {
  return (
    <>
      <span class="found-name">
        {customer.name}
        {customer.blocked && <span class="tag danger">{staffWords.value.customers.blocked}</span>}
        {customer.tags.slice(0, 2).map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </span>
      <span class="soft">{contactWords(customer)}</span>
      <span class="soft">{nextWords(customer)}</span>
    </>
  );
}

function useCloseOutside(root: RefObject<HTMLElement | null>, close: () => void): void {
  useEffect(() => {
    const onLeave = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) close();
    };
    document.addEventListener('pointerdown', onLeave);
    document.addEventListener('focusin', onLeave);
    return () => {
      document.removeEventListener('pointerdown', onLeave);
      document.removeEventListener('focusin', onLeave);
    };
  }, []);
}
