import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { namesOf } from '../kit/add-ons.tsx';
import { type Problem, serverNow } from '../kit/api.ts';
import { clock, clockRange, longDay, shortDay } from '../kit/money-and-time.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { Telephone } from '../kit/telephone.tsx';
import { useTick } from '../kit/ticking.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { act, isInFlight } from './acting.ts';
import { AskApprove, AskCancel } from './ask-of-claim.tsx';
import type { BoardCalendar, BoardClaim } from './board.ts';
import { BookingSource } from './booking-source.tsx';
import { serviceName, statusOf, titleOf } from './claim-words.ts';
import type { StatusStep } from './commands.ts';
import { EditForm } from './edit-form.tsx';
import { HoldRing } from './hold-ring.tsx';
import { look } from './looking-at.ts';
import { ManageLink } from './manage-link.tsx';
import { MessageHistory } from './message-history.tsx';
import { MoveForm } from './move-form.tsx';
import { canMove } from './moving.ts';
import { keepInSight, PanelFrame } from './panel-frame.tsx';
import { Payment } from './payment.tsx';
import { putOnShelf, shelf } from './shelved.ts';
import { stepsOf } from './steps.ts';
import { canSwap, SwapForm } from './swap.tsx';
import { colleagues } from './together.ts';
import { columnName, roomName, runsTheDesk, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

type Props = { readonly claim: BoardClaim; readonly calendar: BoardCalendar };

export function ClaimPanel({ claim, calendar }: Props) {
  const isEditing = useSignal(false);
  useEffect(() => keepInSight(document.getElementById(`claim-${claim.id}`)), [claim.id, claim.startsAt, calendar.calendarId]);
  if (claim.kind === 'appointment' && isEditing.value) {
    return (
      <PanelFrame title={titleOf(claim)}>
        <p class="soft">
          {longDay(claim.startsAt, timeZone.value)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}
        </p>
        <EditForm
          claim={claim}
          calendar={calendar}
          onDone={() => {
            isEditing.value = false;
          }}
        />
      </PanelFrame>
    );
  }
  const text = words.value.facts;
  return (
    <PanelFrame title={titleOf(claim)}>
      <p class="status-words" data-status={claim.status ?? undefined}>
        {claim.kind === 'hold' && <HoldRing claim={claim} />}
        <span>{statusOf(claim)}</span>
      </p>
      <OpenAt claimId={claim.id} />
      <dl>
        <Line term={text.when}>
          {longDay(claim.startsAt, timeZone.value)}, {clockRange(claim.startsAt, claim.endsAt, timeZone.value)}
        </Line>
        <Line term={text.with}>{columnName(calendar.staffId)}</Line>
        {claim.resourceId !== undefined && <Line term={text.uses}>{roomName(claim.resourceId) ?? text.otherRoom}</Line>}
        {serviceName(claim) !== undefined && <Line term={text.service}>{serviceName(claim)}</Line>}
        {claim.kind === 'appointment' && <AppointmentFacts claim={claim} />}
      </dl>
      {claim.kind === 'hold' && <p class="soft">{text.hold}</p>}
      {claim.kind === 'appointment' && <Actions claim={claim} calendar={calendar} isEditing={isEditing} />}
      {claim.kind === 'appointment' && <Payment claim={claim} />}
      {claim.kind === 'appointment' && <MessageHistory claim={claim} />}
      {claim.kind === 'appointment' && <ManageLink claimId={claim.id} />}
      {claim.kind === 'block' && (
        <button
          type="button"
          class="button danger"
          aria-busy={isInFlight(claim.id) || undefined}
          onClick={() => void act({ type: 'unblock', claim, column: { staffId: calendar.staffId, calendarId: calendar.calendarId } })}
        >
          {text.unblock}
        </button>
      )}
    </PanelFrame>
  );
}

/** So that two do not work on it without knowing. */
function OpenAt({ claimId }: { readonly claimId: string }) {
  const names = colleagues.value.get(claimId);
  return <p role="status">{names !== undefined && <span class="banner open-words">{words.value.facts.openAt({ names: names.join(', ') })}</span>}</p>;
}

function Line({ term, children }: { readonly term: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Price and contact are loaded when the panel opens: the board does not need them. */
function AppointmentFacts({ claim }: { readonly claim: BoardClaim }) {
  const details = useSignal<AppointmentReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    void askAs<AppointmentReply>('GET', `/v1/appointments/${claim.id}`).then((answer) => {
      if (answer.ok) details.value = answer.body;
      else problem.value = answer.problem;
    });
  }, [claim]);
  const text = words.value.facts;
  const known = details.value;
  const customer = known?.customer ?? claim.customer;
  return (
    <>
      {known !== undefined && known.addOns.length > 0 && <Line term={text.along}>{namesOf(known.addOns)}</Line>}
      {customer !== undefined && customer !== null && (
        <Line term={text.customer}>
          <button type="button" class="link" onClick={() => look({ kind: 'customer', customerId: customer.id })}>
            {text.record}
          </button>
        </Line>
      )}
      {typeof customer?.email === 'string' && (
        <Line term={text.email}>
          <a href={`mailto:${customer.email}`}>{customer.email}</a>
        </Line>
      )}
      {typeof customer?.phone === 'string' && (
        <Line term={text.phone}>
          <Telephone typed={customer.phone} e164={customer.phoneE164} />
        </Line>
      )}
      {typeof (known?.notes ?? claim.notes) === 'string' && <Line term={text.notes}>{known?.notes ?? claim.notes}</Line>}
      {Object.entries(known?.answers ?? {}).map(([question, answer]) => (
        <Line key={question} term={question}>
          {answer}
        </Line>
      ))}
      {typeof (known?.staffNotes ?? claim.staffNotes) === 'string' && <Line term={text.staffNotes}>{known?.staffNotes ?? claim.staffNotes}</Line>}
      {(known?.reference ?? claim.reference) !== undefined && <Line term={text.reference}>{known?.reference ?? claim.reference}</Line>}
      {known?.override != null && <Line term={text.overridden}>{known.override.reason}</Line>}
      {known?.sourceGroup !== undefined && (
        <Line term={text.bookedOnline}>
          <BookingSource sourceGroup={known.sourceGroup} />
        </Line>
      )}
      {problem.value !== undefined && <Line term={text.details}>{sentenceOf(problem.value)}</Line>}
    </>
  );
}

/** Ignores the second press of a double click, which would hit the button that replaced the first. */
const DOUBLE_CLICK_MILLISECONDS = 500;
const TICK_MILLISECONDS = 5_000;

function Actions({ claim, calendar, isEditing }: Props & { readonly isEditing: Signal<boolean> }) {
  useTick(TICK_MILLISECONDS);
  const isMoving = useSignal(false);
  const isSwapping = useSignal(false);
  const asked = useSignal<'approve' | 'cancel' | undefined>(undefined);
  const reason = useSignal('');
  const hasJustActed = useSignal(false);
  const { now: steps, later } = stepsOf(claim, serverNow(), timeZone.value);
  const isBusy = isInFlight(claim.id) || hasJustActed.value;
  const close = () => {
    isMoving.value = false;
    isSwapping.value = false;
    asked.value = undefined;
  };
  const ask = (what: 'approve' | 'cancel') => {
    asked.value = what;
  };
  const take = (step: StatusStep) => {
    if (step === 'approve') return ask(step);
    void act({ type: 'step', claim, calendarId: calendar.calendarId, step });
    hasJustActed.value = true;
    setTimeout(() => {
      hasJustActed.value = false;
    }, DOUBLE_CLICK_MILLISECONDS);
  };
  const text = words.value.actions;
  if (isMoving.value) return <MoveForm claim={claim} calendar={calendar} onDone={close} />;
  if (isSwapping.value) return <SwapForm claim={claim} calendar={calendar} onDone={close} />;
  return (
    <>
      <div class="actions">
        {steps.map((step, place) => (
          <button
            key={step}
            type="button"
            class={place === 0 && step !== 'reopen' ? 'button primary' : 'button'}
            aria-busy={isInFlight(claim.id) || undefined}
            disabled={isBusy}
            onClick={() => take(step)}
          >
            {text[step]}
          </button>
        ))}
        <Changing claim={claim} isBusy={isBusy} open={{ edit: isEditing, move: isMoving, swap: isSwapping }} onCancel={() => ask('cancel')} />
        {runsTheDesk.value && (
          <button type="button" class="button quiet" onClick={() => look({ kind: 'new', calendarId: calendar.calendarId, startsAt: claim.startsAt })}>
            {text.another}
          </button>
        )}
        {asked.value === 'cancel' && <AskCancel claim={claim} calendarId={calendar.calendarId} reason={reason} onClose={close} />}
        {asked.value === 'approve' && <AskApprove claim={claim} calendarId={calendar.calendarId} onClose={close} />}
      </div>
      {claim.status === 'pending' && steps.length === 0 && <p class="soft">{text.started}</p>}
      {later.map(({ step, from }) => (
        <p key={step} class="soft">
          {text.from({ step: text[step], when: momentWords(step, from) })}
        </p>
      ))}
    </>
  );
}

type ChangingProps = {
  readonly claim: BoardClaim;
  readonly isBusy: boolean;
  readonly open: Readonly<Record<'edit' | 'move' | 'swap', Signal<boolean>>>;
  readonly onCancel: () => void;
};

function Changing({ claim, isBusy, open, onCancel }: ChangingProps) {
  const text = words.value.actions;
  const begin = (form: Signal<boolean>) => () => {
    form.value = true;
  };
  return (
    <>
      <button type="button" class="button" disabled={isBusy} onClick={begin(open.edit)}>
        {text.edit}
      </button>
      {canMove(claim) && (
        <>
          <button type="button" class="button" disabled={isBusy} onClick={begin(open.move)}>
            {text.move}
          </button>
          {canSwap(claim) && (
            <button type="button" class="button" disabled={isBusy} onClick={begin(open.swap)}>
              {text.swap}
            </button>
          )}
          {!shelf.value.includes(claim.id) && (
            <button type="button" class="button" disabled={isBusy} onClick={() => putOnShelf(claim.id)}>
              {text.toShelf}
            </button>
          )}
          <button type="button" class="button danger" disabled={isBusy} onClick={onCancel}>
            {claim.status === 'pending' ? text.decline : text.cancel}
          </button>
        </>
      )}
    </>
  );
}

/** A check-in begins with a day; of today the time is enough. */
function momentWords(step: StatusStep, at: number): string {
  const day = shortDay(at, timeZone.value);
  if (step === 'check-in') return day;
  const time = clock(at, timeZone.value);
  return localDate(at, timeZone.value) === today() ? time : `${day}, ${time}`;
}
