// Before an appointment is changed by hand: whether its customer is told.
import { type Signal, signal, useSignal } from '@preact/signals';
import { AskFirst } from '../kit/ask-first.tsx';
import { clock, longDay } from '../kit/money-and-time.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { act } from './acting.ts';
import type { BoardClaim } from './board.ts';
import { titleOf } from './claim-words.ts';
import type { DeskCommand } from './commands.ts';
import { columnName, timeZone } from './watching.ts';
import { WhoIsTold } from './who-is-told.tsx';
import { words } from './wording.ts';

type Told = Extract<DeskCommand, { type: 'move' | 'edit' | 'swap' }>;
/** Dropped, and not sent yet. */
export const dropped = signal<Told | undefined>(undefined);

/** Sends it, once it is said whether the customer is told; at once where no one could be. */
export function actTelling(command: Told): void {
  const isOutOfReach = ({ customer }: BoardClaim) => customer !== undefined && customer.email === null && customer.phone === null;
  if (claimsOf(command).every(isOutOfReach)) void act(command);
  else dropped.value = command;
}

const claimsOf = (command: Told) => (command.type === 'swap' ? [command.claim, command.other] : [command.claim]);

export function AskWhetherTold() {
  const command = dropped.value;
  return command === undefined ? null : <Ask key={command} command={command} />;
}

function Ask({ command }: { readonly command: Told }) {
  const isTelling = useSignal(true);
  const text = words.value.telling;
  return (
    <AskFirst
      title={titleWords(command)}
      confirm={text[command.type]}
      keep={command.type === 'swap' ? text.leaveThem : text.leave}
      kind="primary"
      onConfirm={() => void act(isTelling.value ? command : untold(command))}
      onClose={() => {
        dropped.value = undefined;
      }}
    >
      {whatChanges(command).map((line) => (
        <p key={line}>{line}</p>
      ))}
      <TellingChoice isTelling={isTelling} claims={claimsOf(command)} />
    </AskFirst>
  );
}

function titleWords(command: Told): string {
  const text = words.value.telling;
  const title = titleOf(command.claim);
  if (command.type === 'swap') return text.titleSwap({ title, other: titleOf(command.other) });
  return command.type === 'move' ? text.titleMove({ title }) : text.titleEdit({ title });
}

function whatChanges(command: Told): readonly string[] {
  if (command.type === 'move') return [moveWords(command)];
  if (command.type === 'edit')
    return [words.value.telling.becomes({ before: fromTo(command.claim), after: fromTo({ ...command.claim, endsAt: command.endsAt }) })];
  const { claim, column, other, otherColumn } = command;
  return [
    `${titleOf(claim)}: ${moveWords({ claim, from: column, to: otherColumn, startsAt: other.startsAt })}`,
    `${titleOf(other)}: ${moveWords({ claim: other, from: otherColumn, to: column, startsAt: claim.startsAt })}`,
  ];
}

export function untold<Command extends Told>(command: Command): Command {
  const notify = { customer: false };
  return command.type === 'edit' ? { ...command, changes: { ...command.changes, notify } } : { ...command, notify };
}

function moveWords({ claim, from, to, startsAt }: Pick<Extract<Told, { type: 'move' }>, 'claim' | 'from' | 'to' | 'startsAt'>): string {
  const sameDay = localDate(claim.startsAt, timeZone.value) === localDate(startsAt, timeZone.value);
  const when = (at: number) => (sameDay ? clock(at, timeZone.value) : `${longDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`);
  const change = { before: when(claim.startsAt), after: when(startsAt) };
  const { becomes, becomesWith } = words.value.telling;
  return from.staffId === to.staffId ? becomes(change) : becomesWith({ ...change, name: columnName(to.staffId) });
}

function fromTo({ startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }): string {
  return words.value.telling.fromTo({ from: clock(startsAt, timeZone.value), to: clock(endsAt, timeZone.value) });
}

type ChoiceProps = { readonly isTelling: Signal<boolean>; readonly claims: readonly Pick<BoardClaim, 'customer'>[] };

/** Whether the customers are told, and how those are told whose addresses may be seen. */
export function TellingChoice({ isTelling, claims }: ChoiceProps) {
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          checked={isTelling.value}
          onChange={(event) => {
            isTelling.value = event.currentTarget.checked;
          }}
        />
        <span>{claims.length > 1 ? words.value.telling.tellAll : words.value.telling.tell}</span>
      </label>
      {isTelling.value &&
        claims.map(
          ({ customer }) =>
            customer !== undefined && (
              <WhoIsTold
                key={customer.id}
                kind="appointment-changed"
                email={customer.email ?? ''}
                phone={customer.phone ?? ''}
                name={claims.length > 1 ? customer.name : undefined}
              />
            ),
        )}
    </div>
  );
}
