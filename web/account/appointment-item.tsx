import { useSignal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { AddToCalendar } from '../kit/add-to-calendar.tsx';
import { type Answer, serverNow } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { clock, clockRange, longDay, money, sameClock, zoneName } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { paidWords, ReceiptLink, refundWords, usePaid } from '../kit/paid.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { priceWords } from '../kit/service-words.tsx';
import { askAs } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { cancellingOf, cancelOwn, cancelProblemOf } from './cancelling.ts';
import { canBeCancelled, STATUS_WORDS } from './own-appointments.ts';

type ItemProps = { readonly appointment: AppointmentReply; readonly onCancelled: () => Promise<void> };

export function AppointmentItem({ appointment, onCancelled }: ItemProps) {
  const { id, startsAt, timeZone } = appointment;
  const mayCancel = canBeCancelled(appointment, serverNow());
  const isAhead = (appointment.status === 'booked' || appointment.status === 'pending') && Date.parse(startsAt) > serverNow();
  const isAsked = useSignal(false);
  const state = cancellingOf(id);
  const problem = cancelProblemOf(id);
  const paid = usePaid(id, isAhead ? appointment.price : undefined, appointment.status);
  return (
    <li class="row">
      <Words appointment={appointment} mayCancel={mayCancel} />
      {mayCancel && state !== 'unsure' && (
        <button
          type="button"
          class="button quiet"
          aria-busy={state === 'in-flight' || undefined}
          onClick={() => {
            isAsked.value = state === 'no';
          }}
        >
          Cancel<span class="only-heard"> {longDay(Date.parse(startsAt), timeZone)}</span>
        </button>
      )}
      {state === 'unsure' && <NotSure>We do not know yet whether it is cancelled.</NotSure>}
      {problem !== undefined && (
        <p class="banner danger row-more" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
      {paid !== undefined && <Paid of={paid} appointment={appointment} />}
      {!isAhead && appointment.price.amount > 0 && <PaidOnAsking appointment={appointment} />}
      {isAhead && (
        <div class="row-more">
          <AddToCalendar of={appointment} business={businessName()} read={(path, headers) => askAs('GET', path, { headers })} />
        </div>
      )}
      {isAsked.value && (
        <AskFirst
          title="Cancel this appointment?"
          confirm="Yes, cancel it"
          keep="Keep it"
          onConfirm={() => void cancelOwn(id, onCancelled)}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <p>{whenWords(appointment)}. The time becomes free for other customers at once.</p>
          {refundWords(paid) !== undefined && <p>{refundWords(paid)}</p>}
        </AskFirst>
      )}
    </li>
  );
}

function Paid({ of, appointment: { id, timeZone } }: { readonly of: AppointmentPaymentReply; readonly appointment: AppointmentReply }) {
  return (
    <p class="soft small row-more">
      {paidWords(of, timeZone)}
      {of.paid.amount > 0 && (
        <>
          {' · '}
          <ReceiptLink appointmentId={id} />
        </>
      )}
    </p>
  );
}

/** Of what is over: each is a question of its own to the server, so only what is wanted is asked. */
function PaidOnAsking({ appointment }: { readonly appointment: AppointmentReply }) {
  const { id, startsAt, timeZone } = appointment;
  const answer = useSignal<Answer<AppointmentPaymentReply> | undefined>(undefined);
  const isBusy = useSignal(false);
  const read = async () => {
    isBusy.value = true;
    answer.value = await askAs<AppointmentPaymentReply>('GET', `/v1/appointments/${id}/payment`);
    isBusy.value = false;
  };
  if (answer.value?.ok === true) return <Paid of={answer.value.body} appointment={appointment} />;
  return (
    <div class="row-more">
      {answer.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(answer.value.problem)}
        </p>
      )}
      <button type="button" class="button quiet" aria-busy={isBusy.value || undefined} onClick={() => void read()}>
        What was paid<span class="only-heard"> for {longDay(Date.parse(startsAt), timeZone)}</span>
      </button>
    </div>
  );
}

function Words({ appointment, mayCancel }: { readonly appointment: AppointmentReply; readonly mayCancel: boolean }) {
  const { status, startsAt, serviceName, staffName, locationName } = appointment;
  const isOpen = status === 'booked' || status === 'pending';
  return (
    <div class="row-words">
      <p class="row-title">
        {whenWords(appointment)}{' '}
        <span class="chip" data-status={status}>
          {STATUS_WORDS[status]}
        </span>
      </p>
      <p>
        {[serviceName ?? 'Appointment', ...appointment.addOns.map(({ name }) => name)].join(' + ')}
        {staffName !== null && ` with ${staffName}`}
        {locationName !== null && `, ${locationName}`}
        {` · ${priceWords(appointment.price, appointment.priceType)}`}
        {appointment.voucher !== undefined && appointment.voucher.discount.amount > 0 && `, with ${money(appointment.voucher.discount)} off by voucher`}
      </p>
      <p class="soft small">
        Reference {appointment.reference}
        {isOpen && mayCancel && ` · can be cancelled until ${untilWords(appointment)}`}
        {isOpen && !mayCancel && Date.parse(startsAt) > serverNow() && ' · can no longer be cancelled online; please call us'}
      </p>
    </div>
  );
}

/** In the title of an entry; the calendar file does without. */
function businessName(): string {
  return shop.value.state === 'ready' ? shop.value.value.business.name : 'Appointment';
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
