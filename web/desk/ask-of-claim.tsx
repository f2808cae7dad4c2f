// What is asked before an appointment is approved, declined or cancelled.
import type { Signal } from '@preact/signals';
import { AskFirst } from '../kit/ask-first.tsx';
import { clockRange, longDay } from '../kit/money-and-time.ts';
import { refundWords, usePaid } from '../kit/paid.tsx';
import { act } from './acting.ts';
import type { BoardClaim } from './board.ts';
import { titleOf } from './claim-words.ts';
import { timeZone } from './watching.ts';
import { words } from './wording.ts';

type AskProps = { readonly claim: BoardClaim; readonly calendarId: string; readonly onClose: () => void };

export function AskApprove({ claim, calendarId, onClose }: AskProps) {
  const text = words.value.ask;
  return (
    <AskFirst
      title={text.approve}
      confirm={text.approveIt}
      keep={text.notYet}
      kind="primary"
      onConfirm={() => void act({ type: 'step', claim, calendarId, step: 'approve' })}
      onClose={onClose}
    >
      <p>{text.forGood({ what: whatOf(claim) })}</p>
    </AskFirst>
  );
}

/** The reason stays if the command is refused. */
export function AskCancel({ claim, calendarId, reason, onClose }: AskProps & { readonly reason: Signal<string> }) {
  const text = words.value.ask;
  const isDeclined = claim.status === 'pending';
  const refund = refundWords(usePaid(claim.id, 'unknown', ''), words.value.refund);
  return (
    <AskFirst
      title={isDeclined ? text.decline : text.cancel}
      confirm={isDeclined ? text.declineIt : text.cancelIt}
      keep={text.keep}
      onConfirm={() => void act({ type: 'cancel', claim, calendarId, reason: reason.value.trim() })}
      onClose={onClose}
    >
      <p>{text.forGood({ what: whatOf(claim) })}</p>
      {refund !== undefined && <p>{refund}</p>}
      <div class="field">
        <label for="reason">
          {text.reason} <span class="optional">{text.reasonHint}</span>
        </label>
        <input
          id="reason"
          maxLength={500}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </div>
    </AskFirst>
  );
}

function whatOf(claim: BoardClaim): string {
  return `${titleOf(claim)}, ${longDay(claim.startsAt, timeZone.value)}, ${clockRange(claim.startsAt, claim.endsAt, timeZone.value)}`;
}
