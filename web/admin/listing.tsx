// A list to look through: searched, sorted and filtered in the page, by mouse, touch and keyboard. On a narrow screen each line is a card.
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { counted } from '../kit/money-and-time.ts';

type Column<Item> = {
  readonly id: string;
  readonly name: string;
  readonly show: (item: Item) => ComponentChildren;
  /** What it is sorted by; absent: not at all. */
  readonly by?: (item: Item) => string | number;
  readonly isNumber?: boolean;
};
/** `isIn` of the chosen option decides; the first option is the one without a choice. */
type Filter<Item> = {
  readonly id: string;
  readonly name: string;
  readonly options: readonly { readonly id: string; readonly name: string; readonly isIn: (item: Item) => boolean }[];
};
type ListingProps<Item> = {
  readonly id: string;
  /** What is listed: "service", "services". */
  readonly words: readonly [one: string, many: string];
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** The first one is the name of the line, and its link. */
  readonly columns: readonly Column<Item>[];
  readonly hrefOf?: (item: Item) => string;
  /** What the search looks at. Absent: there is no search here. */
  readonly textOf?: (item: Item) => string;
  readonly filters?: readonly Filter<Item>[];
  /** While there is nothing at all. */
  readonly empty: ComponentChildren;
  /** Beside the search. */
  readonly children?: ComponentChildren;
  /** The server has more, or searches itself. */
  readonly more?: ComponentChildren;
};

type Sorting = { readonly column: string; readonly isDown: boolean };

export function Listing<Item>({ id, words, items, keyOf, columns, hrefOf, textOf, filters = [], empty, children, more }: ListingProps<Item>) {
  const typed = useSignal('');
  const chosen = useSignal<{ readonly [filter: string]: string }>({});
  const sorting = useSignal<Sorting | undefined>(undefined);
  const isBare = items.length === 0 && !more && children === undefined;
  const shown = sorted(
    items.filter((item) => isFound(item, typed.value, textOf) && filters.every((filter) => isKept(filter, item, chosen.value[filter.id]))),
    columns,
    sorting.value,
  );
  const clear = () => {
    typed.value = '';
    chosen.value = {};
  };
  return (
    <div class="listing">
      {!isBare && (
        <div class="listing-tools">
          {textOf !== undefined && <ListingSearch id={id} many={words[1]} typed={typed} />}
          {filters.map((filter) => (
            <FilterChoice key={filter.id} id={`${id}-${filter.id}`} filter={filter} chosen={chosen} />
          ))}
          {children}
        </div>
      )}
      <p class="only-heard" role="status">
        {counted(shown.length, words[0], words[1])}
      </p>
      {isBare && <div class="empty">{empty}</div>}
      {!isBare && items.length === 0 && !more && <div class="empty">{empty}</div>}
      {items.length > 0 && shown.length === 0 && (
        <div class="empty">
          <p>None of the {words[1]} is like that.</p>
          <button type="button" class="button" onClick={clear}>
            Show all
          </button>
        </div>
      )}
      {shown.length > 0 && <Table id={id} name={words[1]} items={shown} keyOf={keyOf} columns={columns} hrefOf={hrefOf} sorting={sorting} />}
      {more}
    </div>
  );
}

type SearchProps = { readonly id: string; readonly many: string; readonly typed: Signal<string>; readonly hint?: string };

/** The key `/` goes to it. */
export function ListingSearch({ id, many, typed, hint = `Search ${many}` }: SearchProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div class="listing-search">
      <label class="only-heard" for={`${id}-search`}>
        Search {many}
      </label>
      <input
        id={`${id}-search`}
        ref={input}
        type="search"
        autoComplete="off"
        spellcheck={false}
        placeholder={hint}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}

type ChoiceProps<Item> = { readonly id: string; readonly filter: Filter<Item>; readonly chosen: Signal<{ readonly [filter: string]: string }> };

function FilterChoice<Item>({ id, filter, chosen }: ChoiceProps<Item>) {
  return (
    <div class="listing-filter">
      <label class="only-heard" for={id}>
        {filter.name}
      </label>
      <select
        id={id}
        value={chosen.value[filter.id] ?? filter.options[0]?.id ?? ''}
        onChange={(event) => {
          chosen.value = { ...chosen.value, [filter.id]: event.currentTarget.value };
        }}
      >
        {filter.options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  );
}

type TableProps<Item> = Pick<ListingProps<Item>, 'id' | 'items' | 'keyOf' | 'columns'> & {
  readonly name: string;
  readonly hrefOf: ((item: Item) => string) | undefined;
  readonly sorting: Signal<Sorting | undefined>;
};

function Table<Item>({ id, name, items, keyOf, columns, hrefOf, sorting }: TableProps<Item>) {
  const order = (column: Column<Item>) => {
    if (sorting.value?.column !== column.id) return 'none' as const;
    return sorting.value.isDown ? ('descending' as const) : ('ascending' as const);
  };
  const sort = (column: Column<Item>) => {
    sorting.value = { column: column.id, isDown: order(column) === 'ascending' };
  };
  return (
    <table class="listing-table" id={id} onKeyDown={moveByArrows}>
      <caption class="only-heard">{name}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" data-number={column.isNumber} {...(column.by !== undefined && { 'aria-sort': order(column) })}>
              {column.by === undefined ? (
                column.name
              ) : (
                <button type="button" onClick={() => sort(column)}>
                  {column.name}
                  <span aria-hidden="true">{{ none: '', ascending: ' ↑', descending: ' ↓' }[order(column)]}</span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={keyOf(item)}>
            {columns.map((column, index) =>
              index === 0 ? (
                <th key={column.id} scope="row">
                  {hrefOf === undefined ? column.show(item) : <a href={hrefOf(item)}>{column.show(item)}</a>}
                </th>
              ) : (
                <td key={column.id} data-name={column.name} data-number={column.isNumber}>
                  {column.show(item)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Up and down go from line to line, Home and End to the first and the last. */
function moveByArrows(event: KeyboardEvent): void {
  const { currentTarget, target, key } = event;
  if (!(currentTarget instanceof HTMLElement && target instanceof HTMLElement && target.closest('tbody') !== null)) return;
  const links = [...currentTarget.querySelectorAll<HTMLElement>('tbody th a')];
  const at = links.findIndex((link) => link.closest('tr') === target.closest('tr'));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[key];
  if (to === undefined || at < 0 || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
  event.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
}

function isFound<Item>(item: Item, typed: string, textOf: ((item: Item) => string) | undefined): boolean {
  if (textOf === undefined) return true;
  const text = plain(textOf(item));
  return plain(typed)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Without accents and in lower case, so that `cafe` finds *Café*. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function isKept<Item>(filter: Filter<Item>, item: Item, chosen: string | undefined): boolean {
  const option = filter.options.find(({ id }) => id === chosen) ?? filter.options[0];
  return option?.isIn(item) ?? true;
}

function sorted<Item>(items: readonly Item[], columns: readonly Column<Item>[], sorting: Sorting | undefined): readonly Item[] {
  const by = columns.find(({ id }) => id === sorting?.column)?.by;
  if (sorting === undefined || by === undefined) return items;
  const compare = (one: string | number, other: string | number) =>
    typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other), undefined, { numeric: true });
  return items.toSorted((one, other) => compare(by(one), by(other)) * (sorting.isDown ? -1 : 1));
}
