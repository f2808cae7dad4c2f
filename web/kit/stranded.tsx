// What becomes of the appointments that a change of hours or a removal strands: each is moved, cancelled or left as it is.
import type { Signal } from '@preact/signals';
import type { HoursPlanReply } from '../../src/protocol/hours-plans.ts';
import { clock, shortDay } from './money-and-time.ts';
import { staffWords } from './staff-words.ts';

type Stranded = HoursPlanReply['stranded'][number];
type Choice = { readonly action: 'keep' | 'cancel' } | { readonly action: 'move'; readonly staffId: string; readonly startsAt: string };
/** By the ids of the appointments. */
export type Choices = Readonly<Record<string, Choice>>;

type StrandedListProps = {
  readonly stranded: readonly Stranded[];
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
  readonly timeZone: string | ((stranded: Stranded) => string);
  readonly nameOf: (staffId: string) => string;
  /** The plan is about more than one day, or more than one person. */
  readonly isWide?: boolean;
};

export function StrandedList({ stranded, choices, onChoose, timeZone, nameOf, isWide = false }: StrandedListProps) {
  return (
    <ul class="stranded">
      {stranded.map((one) => (
        <StrandedItem
          key={one.appointmentId}
          {...{ stranded: one, timeZone: typeof timeZone === 'string' ? timeZone : timeZone(one), nameOf, isWide }}
          choice={choices[one.appointmentId] ?? { action: 'keep' }}
          onChoose={(choice) => onChoose({ ...choices, [one.appointmentId]: choice })}
        />
      ))}
    </ul>
  );
}

type ItemProps = Pick<StrandedListProps, 'nameOf' | 'isWide'> & {
  readonly timeZone: string;
  readonly stranded: Stranded;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
};

function StrandedItem({ stranded, choice, onChoose, timeZone, nameOf, isWide = false }: ItemProps) {
  const { appointmentId, startsAt, customer, serviceName, options, staffId } = stranded;
  const text = staffWords.value.stranded;
  const id = `choice-${appointmentId}`;
  const at = Date.parse(startsAt);
  return (
    <li class="field">
      <label for={id}>
        {isWide && `${shortDay(at, timeZone)}, `}
        {clock(at, timeZone)} {customer?.name ?? text.customer}
        <span class="optional"> {[serviceName ?? '', isWide ? text.with({ name: nameOf(staffId) }) : ''].filter((part) => part !== '').join(' ')}</span>
      </label>
      <select id={id} value={wordOf(choice)} onChange={(event) => onChoose(choiceOf(event.currentTarget.value))}>
        {options.map((option) => (
          <option key={wordOf({ action: 'move', ...option })} value={wordOf({ action: 'move', ...option })}>
            {optionWords(option, startsAt, { timeZone, nameOf })}
          </option>
        ))}
        {isMovable(stranded) && <option value="cancel">{text.cancel}</option>}
        <option value="keep">{text.keep}</option>
      </select>
    </li>
  );
}

type Naming = Pick<ItemProps, 'timeZone' | 'nameOf'>;

function optionWords({ staffId, startsAt }: { readonly staffId: string; readonly startsAt: string }, was: string, { timeZone, nameOf }: Naming): string {
  const who = nameOf(staffId);
  if (Date.parse(startsAt) === Date.parse(was)) return staffWords.value.stranded.sameTime({ name: who });
  const [day, time] = [shortDay(Date.parse(startsAt), timeZone), clock(Date.parse(startsAt), timeZone)];
  return day === shortDay(Date.parse(was), timeZone) ? `${time}, ${who}` : `${day}, ${time}, ${who}`;
}

/** Whether customers hear of it. */
export function TellCustomers({ isTold }: { readonly isTold: Signal<boolean> }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isTold.value}
        onChange={(event) => {
          isTold.value = event.currentTarget.checked;
        }}
      />
      {staffWords.value.stranded.tell}
    </label>
  );
}

/** `otherwise`: of those that have no other place. */
type Usual = { readonly otherwise?: 'keep' | 'cancel' };

/** What was chosen stays; the others get the best option. Who is here already is left for the reader to decide about. */
export function choicesFor(stranded: readonly Stranded[], chosen: Choices, usual: Usual = {}): Choices {
  return Object.fromEntries(stranded.map((one) => [one.appointmentId, chosen[one.appointmentId] ?? usualFor(one, usual)]));
}

function usualFor(stranded: Stranded, { otherwise = 'cancel' }: Usual): Choice {
  const [best] = stranded.options;
  if (best !== undefined) return { action: 'move', ...best };
  return { action: isMovable(stranded) ? otherwise : 'keep' };
}

function isMovable({ status }: Stranded): boolean {
  return status === 'pending' || status === 'booked';
}

function wordOf(choice: Choice): string {
  return choice.action === 'move' ? `${choice.staffId} ${choice.startsAt}` : choice.action;
}

function choiceOf(value: string): Choice {
  if (value === 'keep' || value === 'cancel') return { action: value };
  const [staffId = '', startsAt = ''] = value.split(' ');
  return { action: 'move', staffId, startsAt };
}

/** "Mark as away, move 2, cancel 1" */
export function actWords(act: string, choices: Choices): string {
  const [moved, cancelled] = [countOf(choices, 'move'), countOf(choices, 'cancel')];
  const { moves, cancels } = staffWords.value.stranded;
  return [act, moved > 0 && moves({ count: moved }), cancelled > 0 && cancels({ count: cancelled })].filter((part) => part !== false).join(', ');
}

export function doneWords(choices: Choices): string {
  return staffWords.value.stranded.done({ moved: countOf(choices, 'move'), cancelled: countOf(choices, 'cancel') });
}

function countOf(choices: Choices, action: Choice['action']): number {
  return Object.values(choices).filter((choice) => choice.action === action).length;
}
