import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../api.ts';
import { AskFirst } from '../ask-first.tsx';
import { clockRange, longDay, money } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { askAs } from '../session.ts';
import { staffName } from '../shop.ts';
import { Telephone } from '../telephone.tsx';
import { act, isInFlight } from './acting.ts';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { BookingSource } from './booking-source.tsx';
import { STATUS_WORDS, serviceName, titleOf } from './claim-words.ts';
import type { StatusStep } from './commands.ts';
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
          onClick={() => void act({ type: 'unblock', claim, column: { staffId: calendar.staffId, calendarId: calendar.calendarId } })}
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
          <Telephone typed={customer.phone} e164={customer.phoneE164} />
        </Line>
      )}
      {known !== undefined && <Line term="Price">{known.price.amount === 0 ? 'Free' : money(known.price)}</Line>}
      {typeof (known?.notes ?? claim.notes) === 'string' && <Line term="Notes">{known?.notes ?? claim.notes}</Line>}
      {typeof (known?.staffNotes ?? claim.staffNotes) === 'string' && <Line term="Notes for staff">{known?.staffNotes ?? claim.staffNotes}</Line>}
      {(known?.reference ?? claim.reference) !== undefined && <Line term="Reference">{known?.reference ?? claim.reference}</Line>}
      {known?.override != null && <Line term="Against the rules">{known.override.reason}</Line>}
      {known?.sourceGroup !== undefined && (
        <Line term="Booked online">
          <BookingSource sourceGroup={known.sourceGroup} />
        </Line>
      )}
      {problem.value !== undefined && <Line term="Details">{sentenceOf(problem.value)}</Line>}
    </>
  );
}

type Step = {
  readonly step: StatusStep;
  readonly words: string;
  /** Cannot be taken back, so it is asked first. */
  readonly question: string;
};
const STEPS: { readonly [Status in NonNullable<BoardClaim['status']>]?: readonly Step[] } = {
  pending: [{ step: 'approve', words: 'Approve', question: 'Approve this request?' }],
  booked: [
    { step: 'check-in', words: 'Check in', question: 'Is the customer here?' },
    { step: 'no-show', words: 'No-show', question: 'Did the customer not come?' },
  ],
  'checked-in': [{ step: 'complete', words: 'Complete', question: 'Is the appointment over?' }],
};

function Actions({ claim, calendar }: Props) {
  const isMoving = useSignal(false);
  const asked = useSignal<Step | 'cancel' | undefined>(undefined);
  const reason = useSignal('');
  const steps = claim.status === null ? [] : (STEPS[claim.status] ?? []);
  const isBusy = isInFlight(claim.id);
  const close = () => {
    isMoving.value = false;
    asked.value = undefined;
  };
  if (isMoving.value) return <MoveForm claim={claim} calendar={calendar} onDone={close} />;
  return (
    <div class="actions">
      {steps.map((step, place) => (
        <button
          key={step.step}
          type="button"
          class={place === 0 ? 'button primary' : 'button'}
          aria-busy={isBusy || undefined}
          disabled={isBusy}
          onClick={() => {
            asked.value = step;
          }}
        >
          {step.words}
        </button>
      ))}
      {canMove(claim) && (
        <>
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() => {
              isMoving.value = true;
            }}
          >
            Move
          </button>
          <button
            type="button"
            class="button danger"
            disabled={isBusy}
            onClick={() => {
              asked.value = 'cancel';
            }}
          >
            {claim.status === 'pending' ? 'Decline' : 'Cancel'}
          </button>
        </>
      )}
      {asked.value === 'cancel' && <AskCancel claim={claim} calendar={calendar} reason={reason} onClose={close} />}
      {typeof asked.value === 'object' && <AskStep step={asked.value} claim={claim} calendar={calendar} onClose={close} />}
    </div>
  );
}

function AskStep({ step: { step, words, question }, claim, calendar, onClose }: Props & { readonly step: Step; readonly onClose: () => void }) {
  return (
    <AskFirst
      title={question}
      confirm={words}
      keep="Not yet"
      kind={step === 'no-show' ? 'danger' : 'primary'}
      onConfirm={() => void act({ type: 'step', claim, calendarId: calendar.calendarId, step })}
      onClose={onClose}
    >
      <p>
        {titleOf(claim)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}. This cannot be taken back.
      </p>
    </AskFirst>
  );
}

/** What was typed as the reason stays, should it be refused. */
function AskCancel({ claim, calendar, reason, onClose }: Props & { readonly reason: Signal<string>; readonly onClose: () => void }) {
  const verb = claim.status === 'pending' ? 'Decline' : 'Cancel';
  return (
    <AskFirst
      title={`${verb} the appointment?`}
      confirm={`${verb} the appointment`}
      keep="Keep it"
      onConfirm={() => void act({ type: 'cancel', claim, calendarId: calendar.calendarId, reason: reason.value.trim() })}
      onClose={onClose}
    >
      <p>
        {titleOf(claim)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}. This cannot be taken back.
      </p>
      <div class="field">
        <label for="reason">
          Reason <span class="optional">(optional, the customer can read it)</span>
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
