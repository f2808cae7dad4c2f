import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { type Problem, serverNow } from '../api.ts';
import { clock, clockRange, longDay, sameClock, zoneName } from '../money-and-time.ts';
import { sentenceOf } from '../problem-sentences.ts';
import { writeAs } from '../session.ts';
import { openShop, staffName } from '../shop.ts';
import { viewerZone } from '../zoned-dates.ts';
import { canBeCancelled, STATUS_WORDS } from './own-appointments.ts';

type ItemProps = {
  readonly appointment: AppointmentReply;
  /** Whether its owner is being asked if they mean it. */
  readonly isAsked: boolean;
  readonly onAsk: (isAsked: boolean) => void;
  readonly onCancelled: () => Promise<void>;
};

export function AppointmentItem({ appointment, isAsked, onAsk, onCancelled }: ItemProps) {
  const { status, startsAt, timeZone } = appointment;
  const offer = openShop().services.find(({ id }) => id === appointment.serviceId);
  const place = openShop().locations.find(({ id }) => id === appointment.locationId);
  const mayCancel = canBeCancelled(appointment, serverNow());
  const button = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  // Whoever keeps it goes on from where they were.
  useEffect(() => {
    if (wasAsked.current && !isAsked) button.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);
  const isOpen = status === 'booked' || status === 'pending';
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {whenWords(appointment)}{' '}
          <span class="chip" data-status={status}>
            {STATUS_WORDS[status]}
          </span>
        </p>
        <p>
          {offer?.name ?? 'Appointment'} with {staffName(appointment.staffId)}
          {place !== undefined && `, ${place.name}`}
        </p>
        <p class="soft small">
          Reference {appointment.reference}
          {isOpen && mayCancel && ` · can be cancelled until ${untilWords(appointment)}`}
          {isOpen && !mayCancel && Date.parse(startsAt) > serverNow() && ' · cannot be cancelled online any more; please call us'}
        </p>
      </div>
      {mayCancel && !isAsked && (
        <button type="button" class="button quiet" ref={button} onClick={() => onAsk(true)}>
          Cancel<span class="only-heard"> {longDay(Date.parse(startsAt), timeZone)}</span>
        </button>
      )}
      {mayCancel && isAsked && <Really appointment={appointment} onKeep={() => onAsk(false)} onCancelled={onCancelled} />}
    </li>
  );
}

function whenWords({ startsAt, endsAt, timeZone }: AppointmentReply): string {
  const from = Date.parse(startsAt);
  const zone = sameClock(from, timeZone, viewerZone()) ? '' : ` (${zoneName(from, timeZone)})`;
  return `${longDay(from, timeZone)}, ${clockRange(from, Date.parse(endsAt), timeZone)}${zone}`;
}

function untilWords({ cancellableUntil, timeZone }: AppointmentReply): string {
  const until = Date.parse(cancellableUntil ?? '');
  return `${longDay(until, timeZone)}, ${clock(until, timeZone)}`;
}

type ReallyProps = { readonly appointment: AppointmentReply; readonly onKeep: () => void; readonly onCancelled: () => Promise<void> };

/** Cancelling takes two steps, so that a slip of the finger does not. */
function Really({ appointment: { id }, onKeep, onCancelled }: ReallyProps) {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const cancel = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = await writeAs('POST', `/v1/appointments/${id}/cancel`, { body: {} });
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) await onCancelled();
  };
  return (
    <div class="banner row-more" role="alertdialog" aria-labelledby={`really-${id}`}>
      <p id={`really-${id}`}>Really cancel? Somebody else can take the time right away.</p>
      {problem.value !== undefined && (
        <p class="danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <button type="button" class="button danger" aria-busy={isBusy.value || undefined} onClick={() => void cancel()}>
        Yes, cancel it
      </button>
      <button type="button" class="button" ref={keep} onClick={onKeep}>
        Keep it
      </button>
    </div>
  );
}
