// What is asked before an appointment is approved, declined or cancelled.
import type { Signal } from '@preact/signals';
import { AskFirst } from '../kit/ask-first.tsx';
import { clockRange, longDay } from '../kit/money-and-time.ts';
import { refundWords, usePaid } from '../kit/paid.tsx';
import { act } from './acting.ts';
import type { BoardClaim } from './board.ts';
import { titleOf } from './claim-words.ts';
import { timeZone } from './watching.ts';

type AskProps = { readonly claim: BoardClaim; readonly calendarId: string; readonly onClose: () => void };

export function AskApprove({ claim, calendarId, onClose }: AskProps) {
  return (
    <AskFirst
      title="Approve this request?"
      confirm="Approve"
      keep="Not yet"
      kind="primary"
      onConfirm={() => void act({ type: 'step', claim, calendarId, step: 'approve' })}
      onClose={onClose}
    >
      <p>
        {titleOf(claim)}, {longDay(claim.startsAt, timeZone.value)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}. This cannot be undone.
      </p>
    </AskFirst>
  );
}

/** The reason stays if the command is refused. */
export function AskCancel({ claim, calendarId, reason, onClose }: AskProps & { readonly reason: Signal<string> }) {
  const verb = claim.status === 'pending' ? 'Decline' : 'Cancel';
  const refund = refundWords(usePaid(claim.id, 'unknown', ''));
  return (
    <AskFirst
      title={`${verb} the appointment?`}
      confirm={`${verb} the appointment`}
      keep="Keep it"
      onConfirm={() => void act({ type: 'cancel', claim, calendarId, reason: reason.value.trim() })}
      onClose={onClose}
    >
      <p>
        {titleOf(claim)}, {longDay(claim.startsAt, timeZone.value)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}. This cannot be undone.
      </p>
      {refund !== undefined && <p>{refund}</p>}
      <div class="field">
        <label for="reason">
          Reason <span class="optional">(optional, visible to the customer)</span>
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
