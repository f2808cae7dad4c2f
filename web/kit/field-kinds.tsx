// What a field of a form can hold: how a value is shown in it, read from it, and put into words. What is typed is kept as it was typed.
import type { VNode } from 'preact';
import type { Money } from '../../src/model/money.ts';
import { counted, duration, listed, money, moneyDigits, moneyField, moneyTyped } from './money-and-time.ts';

/** What is in a field, as plain JSON. */
export type Typed = string | boolean | readonly string[] | readonly { readonly [part: string]: string }[];
type FromField<Value> = { readonly value: Value } | { readonly wrong: string };
type InputProps = {
  readonly id: string;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  /** For the element that the label names. */
  readonly shared: { readonly 'aria-invalid': boolean; readonly 'aria-describedby'?: string; readonly required?: boolean };
};
export type Kind<Value> = {
  show(value: Value): Typed;
  read(typed: Typed): FromField<unknown>;
  say(value: Value): string;
  Input(props: InputProps): VNode;
  /** Of several inputs: they stand in a group with a name. */
  readonly isGroup?: boolean;
};

const textOf = (typed: Typed) => (typeof typed === 'string' ? typed : '');
const listOf = (typed: Typed) => (Array.isArray(typed) ? typed.filter((entry): entry is string => typeof entry === 'string') : []);
const partsOf = (typed: Typed) =>
  Array.isArray(typed) ? typed.filter((entry): entry is { readonly [part: string]: string } => typeof entry === 'object') : [];

type Mode = 'text' | 'email' | 'tel' | 'numeric' | 'decimal' | 'url';

function TextInput({ id, typed, onType, shared, mode = 'text' }: InputProps & { readonly mode?: Mode }) {
  return (
    <input {...shared} id={id} type="text" inputMode={mode} autoComplete="off" value={textOf(typed)} onInput={(event) => onType(event.currentTarget.value)} />
  );
}

export function line(mode: Mode = 'text'): Kind<string> {
  return {
    show: (value) => value,
    read: (typed) => ({ value: textOf(typed).trim() }),
    say: (value) => value,
    Input: (props) => <TextInput {...props} mode={mode} />,
  };
}

/** An empty field is none. */
export function lineOrNone(mode: Mode = 'text', none = 'none'): Kind<string | null | undefined> {
  return {
    show: (value) => value ?? '',
    read: (typed) => ({ value: textOf(typed).trim() === '' ? null : textOf(typed).trim() }),
    say: (value) => value ?? none,
    Input: (props) => <TextInput {...props} mode={mode} />,
  };
}

export function longText(rows = 3): Kind<string | null | undefined> {
  return {
    show: (value) => value ?? '',
    read: (typed) => ({ value: textOf(typed).trim() === '' ? null : textOf(typed) }),
    say: (value) => (value == null ? 'none' : `“${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`),
    Input: ({ id, typed, onType, shared }) => (
      <textarea {...shared} id={id} rows={rows} value={textOf(typed)} onInput={(event) => onType(event.currentTarget.value)} />
    ),
  };
}

export function wholeNumber(say: (value: number) => string = String): Kind<number> {
  return {
    show: String,
    read: (typed) => (/^\s*\d{1,9}\s*$/.test(textOf(typed)) ? { value: Number(textOf(typed)) } : { wrong: 'must be a whole number' }),
    say,
    Input: (props) => <TextInput {...props} mode="numeric" />,
  };
}

/** An empty field is no number. */
export function wholeNumberOrNone(none: string, say: (value: number) => string = String): Kind<number | null | undefined> {
  const number = wholeNumber(say);
  return {
    ...number,
    show: (value) => (value == null ? '' : String(value)),
    read: (typed) => (textOf(typed).trim() === '' ? { value: null } : number.read(typed)),
    say: (value) => (value == null ? none : say(value)),
  };
}

/** With at most two decimals; an empty field is none. */
export function percentOrNone(none: string): Kind<number | null | undefined> {
  return {
    show: (value) => (value == null ? '' : String(value)),
    read: (typed) => {
      const text = textOf(typed).trim().replace(',', '.');
      if (text === '') return { value: null };
      return /^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) <= 100
        ? { value: Number(text) }
        : { wrong: 'must be from 0 to 100, such as 19 or 5.5, with at most two decimals' };
    },
    say: (value) => (value == null ? none : `${value}%`),
    Input: (props) => <TextInput {...props} mode="decimal" />,
  };
}

const UNITS = { minutes: 1, hours: 60, days: 1440 } as const;
type Unit = keyof typeof UNITS;

/** The largest unit that it is a whole number of. */
function inUnits(minutes: number): string {
  const unit: Unit = minutes > 0 && minutes % UNITS.days === 0 ? 'days' : minutes > 0 && minutes % UNITS.hours === 0 ? 'hours' : 'minutes';
  return `${minutes / UNITS[unit]} ${unit}`;
}

export function spanWords(minutes: number): string {
  if (minutes === 0) return 'none';
  return minutes % UNITS.days === 0 ? counted(minutes / UNITS.days, 'day', 'days') : duration(minutes);
}

function SpanInput({ id, typed, onType, shared, units }: InputProps & { readonly units: readonly Unit[] }) {
  const [amount = '', unit = units[0]] = textOf(typed).split(' ');
  return (
    <div class="with-unit">
      <input
        {...shared}
        id={id}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        value={amount}
        onInput={(event) => onType(`${event.currentTarget.value.replaceAll(/\s/g, '')} ${unit}`)}
      />
      <select aria-label="Unit" value={unit} onChange={(event) => onType(`${amount} ${event.currentTarget.value}`)}>
        {units.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function readSpan(typed: Typed): FromField<number> {
  const [amount = '', unit = 'minutes'] = textOf(typed).split(' ');
  const size = UNITS[unit as Unit] ?? 1; // of the list above, or of a draft that is older than it
  return /^\d{1,7}$/.test(amount) ? { value: Number(amount) * size } : { wrong: 'must be a whole number' };
}

/** Minutes, typed in the unit that suits. */
export function span(units: readonly Unit[] = ['minutes', 'hours']): Kind<number> {
  return {
    show: (value) => (units.length === 1 ? `${value} minutes` : inUnits(value)),
    read: readSpan,
    say: spanWords,
    Input: (props) => <SpanInput {...props} units={units} />,
  };
}

export function spanOrNone(none: string): Kind<number | null> {
  return {
    show: (value) => (value === null ? ' hours' : inUnits(value)),
    read: (typed) => (textOf(typed).trim().includes(' ') ? readSpan(typed) : { value: null }),
    say: (value) => (value === null ? none : spanWords(value)),
    Input: (props) => <SpanInput {...props} units={['minutes', 'hours', 'days']} />,
  };
}

function readMoney(typed: Typed, currency: string): FromField<Money> {
  const value = moneyTyped(textOf(typed), currency);
  return value === undefined ? { wrong: moneyDigits(currency) === 0 ? 'must be a number such as 4500' : 'must be a number such as 45 or 45.50' } : { value };
}

/** In the currency that the business has. */
export function price(currency: string): Kind<Money> {
  return {
    show: moneyField,
    read: (typed) => readMoney(typed, currency),
    say: (value) => (value.amount === 0 ? 'free' : money(value)),
    Input: (props) => <TextInput {...props} mode="decimal" />,
  };
}

export function priceOrNone(currency: string): Kind<Money | null | undefined> {
  return {
    show: (value) => (value == null ? '' : moneyField(value)),
    read: (typed) => (textOf(typed).trim() === '' ? { value: null } : readMoney(typed, currency)),
    say: (value) => (value == null ? 'none' : money(value)),
    Input: (props) => <TextInput {...props} mode="decimal" />,
  };
}

export type Option<Value extends string> = { readonly value: Value; readonly words: string };

function SelectInput({ id, typed, onType, shared, options }: InputProps & { readonly options: readonly Option<string>[] }) {
  return (
    <select {...shared} id={id} value={textOf(typed)} onChange={(event) => onType(event.currentTarget.value)}>
      {options.map(({ value, words }) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

export function choice<Value extends string>(options: readonly Option<Value>[]): Kind<Value> {
  return {
    show: (value) => value,
    read: (typed) => {
      const found = options.find(({ value }) => value === typed);
      return found === undefined ? { wrong: 'must be chosen' } : { value: found.value };
    },
    say: (value) => options.find((option) => option.value === value)?.words ?? value,
    Input: (props) => <SelectInput {...props} options={options} />,
  };
}

/** The first option is none of them. */
export function choiceOrNone(none: string, options: readonly Option<string>[]): Kind<string | null | undefined> {
  const all = [{ value: '', words: none }, ...options];
  return {
    show: (value) => value ?? '',
    read: (typed) => ({ value: textOf(typed) === '' ? null : textOf(typed) }),
    say: (value) => all.find((option) => option.value === (value ?? ''))?.words ?? none,
    Input: (props) => <SelectInput {...props} options={all} />,
  };
}

export function yesOrNo(words: string, say: readonly [no: string, yes: string] = ['no', 'yes']): Kind<boolean> {
  return {
    isGroup: true,
    show: (value) => value,
    read: (typed) => ({ value: typed === true }),
    say: (value) => say[value ? 1 : 0],
    Input: ({ id, typed, onType }) => (
      <label class="check" for={id}>
        <input id={id} type="checkbox" checked={typed === true} onChange={(event) => onType(event.currentTarget.checked)} />
        {words}
      </label>
    ),
  };
}

/** Any number of them. */
export function several(options: readonly Option<string>[], none = 'none'): Kind<readonly string[] | undefined> {
  return {
    isGroup: true,
    show: (value) => [...(value ?? [])],
    read: (typed) => ({ value: options.map(({ value }) => value).filter((value) => listOf(typed).includes(value)) }),
    say: (value) => listed((value ?? []).map((id) => options.find((option) => option.value === id)?.words ?? 'one that is gone')) || none,
    Input: ({ id, typed, onType }) => (
      <div class="checks">
        {options.map(({ value, words }, index) => (
          <label key={value} class="check">
            <input
              id={index === 0 ? id : `${id}-${index}`}
              type="checkbox"
              checked={listOf(typed).includes(value)}
              onChange={(event) => onType(event.currentTarget.checked ? [...listOf(typed), value] : listOf(typed).filter((one) => one !== value))}
            />
            {words}
          </label>
        ))}
        {options.length === 0 && <p class="soft">{none}</p>}
      </div>
    ),
  };
}

/** Words set apart by commas. */
export function tags(): Kind<readonly string[] | undefined> {
  return {
    show: (value) => (value ?? []).join(', '),
    read: (typed) => ({
      value: [
        ...new Set(
          textOf(typed)
            .split(',')
            .map((word) => word.trim())
            .filter((word) => word !== ''),
        ),
      ],
    }),
    say: (value) => (value ?? []).join(', ') || 'none',
    Input: (props) => <TextInput {...props} />,
  };
}

/** Sites, one a line. Whatever is copied from the line of addresses will do: only where it leads to counts. */
export function sites(none: string): Kind<readonly string[]> {
  const originOf = (line: string) => URL.parse(/^https?:\/\//i.test(line) ? line : `https://${line}`)?.origin;
  return {
    show: (value) => value.join('\n'),
    read: (typed) => {
      const lines = textOf(typed).split(/\s+/).filter(Boolean);
      const origins = lines.map(originOf);
      const unknown = lines.find((_, index) => origins[index] === undefined);
      return unknown === undefined ? { value: [...new Set(origins)] } : { wrong: `must be addresses of sites: “${unknown}” is none` };
    },
    say: (value) => value.join(', ') || none,
    Input: ({ id, typed, onType, shared }) => (
      <textarea
        {...shared}
        id={id}
        rows={3}
        inputMode="url"
        autoComplete="off"
        spellcheck={false}
        value={textOf(typed)}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    ),
  };
}

type RefundRule = { readonly untilMinutes: number; readonly percent: number };

/** Which share goes back to the customer, by how long before the appointment it is cancelled. */
export function refunds(): Kind<readonly RefundRule[]> {
  return {
    isGroup: true,
    show: (rules) => rules.map(({ untilMinutes, percent }) => ({ until: inUnits(untilMinutes), percent: String(percent) })),
    read: readRefunds,
    say: (rules) =>
      rules.map(({ untilMinutes, percent }) => `${percent}% up to ${untilMinutes === 0 ? 'the start' : `${spanWords(untilMinutes)} before`}`).join(', ') ||
      'none',
    Input: RefundsInput,
  };
}

function readRefunds(typed: Typed): FromField<readonly RefundRule[]> {
  const rules: RefundRule[] = [];
  for (const { until = '', percent = '' } of partsOf(typed)) {
    const time = readSpan(until);
    if ('wrong' in time || !/^\d{1,3}$/.test(percent) || Number(percent) > 100) return { wrong: 'must each have a time and a share from 0 to 100 %' };
    rules.push({ untilMinutes: time.value, percent: Number(percent) });
  }
  return { value: rules };
}

function RefundsInput({ id, typed, onType }: InputProps) {
  const rules = partsOf(typed);
  const change = (index: number, part: { readonly [name: string]: string }) => onType(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)));
  return (
    <div class="rules">
      <ul class="rules">
        {rules.map((rule, index) => (
          <li key={index}>
            <div class="percent field">
              <label for={`${id}-percent-${index}`}>Share in %</label>
              <input
                id={`${id}-percent-${index}`}
                type="text"
                inputMode="numeric"
                value={rule.percent ?? ''}
                onInput={(event) => change(index, { percent: event.currentTarget.value })}
              />
            </div>
            <div class="field">
              <label for={`${id}-until-${index}`}>until, before the start</label>
              <SpanInput
                id={`${id}-until-${index}`}
                typed={rule.until ?? ''}
                onType={(until) => change(index, { until: textOf(until) })}
                shared={{ 'aria-invalid': false }}
                units={['minutes', 'hours', 'days']}
              />
            </div>
            <button type="button" class="button quiet" onClick={() => onType(rules.filter((_, at) => at !== index))}>
              Remove<span class="only-heard"> rule {index + 1}</span>
            </button>
          </li>
        ))}
      </ul>
      <div>
        <button type="button" class="button" id={rules.length === 0 ? id : `${id}-add`} onClick={() => onType([...rules, { percent: '100', until: '1 days' }])}>
          Add a rule
        </button>
      </div>
    </div>
  );
}
