import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../api.ts';
import { clockRange, longDay, money } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { askAs } from '../session.ts';
import { staffName } from '../shop.ts';
import { cancel, isInFlight, type StatusStep, setStatus, unblock } from './acting.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { STATUS_WORDS, serviceName, titleOf } from './claim-words.ts';
import { HoldRing } from './hold-ring.tsx';
import { MoveForm } from './move-form.tsx';
import { canMove } from './moving.ts';
import { PanelFrame } from './panel-frame.tsx';
import { timeZone } from './watching.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar };

export function ClaimPanel({ claim, calendar }: Props) {
  return (
    <PanelFrame title={titleOf(claim)}>
      <p class="status-words" data-status={claim.status ?? undefined}>
        {claim.kind === 'hold' && <HoldRing claim={claim} />}
        <span>{claim.status === null ? 'blocked' : STATUS_WORDS[claim.status]}</span>
      </p>
      <dl>
        <Line term="When">
          {longDay(claim.startsAt, timeZone.value)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}
        </Line>
        <Line term="With">{staffName(calendar.staffId)}</Line>
        {serviceName(claim) !== undefined && <Line term="Service">{serviceName(claim)}</Line>}
        {claim.kind === 'appointment' && <AppointmentFacts claim={claim} />}
      </dl>
      {claim.kind === 'hold' && <p class="soft">A customer is choosing this time right now. It is free again when the countdown ends, unless they book it.</p>}
      {claim.kind === 'appointment' && <Actions claim={claim} calendar={calendar} />}
      {claim.kind === 'block' && (
        <button
          type="button"
          class="button danger"
          aria-busy={isInFlight(claim.id) || undefined}
          onClick={() => void unblock(claim, calendar.staffId, calendar.calendarId)}
        >
          Remove the block
        </button>
      )}
    </PanelFrame>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Price and contact are asked for when somebody looks: the board has no need of them. */
function AppointmentFacts({ claim }: { readonly claim: BoardClaim }) {
  const details = useSignal<AppointmentReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    void askAs<AppointmentReply>('GET', `/v1/appointments/${claim.id}`).then((answer) => {
      if (answer.ok) details.value = answer.body;
      else problem.value = answer.problem;
    });
  }, [claim.id, claim.status, claim.startsAt]);
  const known = details.value;
  const customer = known?.customer ?? claim.customer;
  return (
    <>
      {customer?.email !== undefined && (
        <Line term="E-mail">
          <a href={`mailto:${customer.email}`}>{customer.email}</a>
        </Line>
      )}
      {typeof customer?.phone === 'string' && (
        <Line term="Phone">
          <a href={`tel:${customer.phone.replaceAll(/[^+\d]/g, '')}`}>{customer.phone}</a>
        </Line>
      )}
      {known !== undefined && <Line term="Price">{known.price.amount === 0 ? 'Free' : money(known.price)}</Line>}
      {typeof (known?.notes ?? claim.notes) === 'string' && <Line term="Notes">{known?.notes ?? claim.notes}</Line>}
      {(known?.reference ?? claim.reference) !== undefined && <Line term="Reference">{known?.reference ?? claim.reference}</Line>}
      {known?.override != null && <Line term="Against the rules">{known.override.reason}</Line>}
      {problem.value !== undefined && <Line term="Details">{sentenceOf(problem.value)}</Line>}
    </>
  );
}

const STEPS: { readonly [Status in NonNullable<BoardClaim['status']>]?: readonly { readonly step: StatusStep; readonly words: string }[] } = {
  pending: [{ step: 'approve', words: 'Approve' }],
  booked: [
    { step: 'check-in', words: 'Check in' },
    { step: 'no-show', words: 'No-show' },
  ],
  'checked-in': [{ step: 'complete', words: 'Complete' }],
};

function Actions({ claim, calendar }: Props) {
  const open = useSignal<'nothing' | 'move' | 'cancel'>('nothing');
  const steps = claim.status === null ? [] : (STEPS[claim.status] ?? []);
  const isBusy = isInFlight(claim.id);
  if (open.value === 'move')
    return (
      <MoveForm
        claim={claim}
        calendar={calendar}
        onDone={() => {
          open.value = 'nothing';
        }}
      />
    );
  if (open.value === 'cancel')
    return (
      <CancelForm
        claim={claim}
        calendar={calendar}
        onDone={() => {
          open.value = 'nothing';
        }}
      />
    );
  return (
    <div class="actions">
      {steps.map(({ step, words }, place) => (
        <button
          key={step}
          type="button"
          class={place === 0 ? 'button primary' : 'button'}
          aria-busy={isBusy || undefined}
          disabled={isBusy}
          onClick={() => void setStatus(claim, calendar.calendarId, step)}
        >
          {words}
        </button>
      ))}
      {canMove(claim) && (
        <>
          <button
            type="button"
            class="button"
            onClick={() => {
              open.value = 'move';
            }}
          >
            Move
          </button>
          <button
            type="button"
            class="button danger"
            onClick={() => {
              open.value = 'cancel';
            }}
          >
            {claim.status === 'pending' ? 'Decline' : 'Cancel'}
          </button>
        </>
      )}
    </div>
  );
}

function CancelForm({ claim, calendar, onDone }: Props & { readonly onDone: () => void }) {
  const reason = useSignal('');
  const verb = claim.status === 'pending' ? 'Decline' : 'Cancel';
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void cancel(claim, calendar.calendarId, reason.value.trim());
        onDone();
      }}
    >
      <div class="field">
        <label for="reason">
          Reason <span class="optional">(optional, the customer can read it)</span>
        </label>
        <input
          id="reason"
          ref={(input) => input?.focus()}
          maxLength={500}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </div>
      <div class="actions">
        <button type="submit" class="button danger">
          {verb} the appointment
        </button>
        <button type="button" class="button" onClick={onDone}>
          Keep it
        </button>
      </div>
    </form>
  );
}
