import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { AddToCalendar } from '../kit/add-to-calendar.tsx';
import { serverNow } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { clock, clockRange, longDay, money, sameClock, zoneName } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { refundWords } from '../kit/paid.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { openShop } from '../kit/shop.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { cancel, cancelling, cancelProblem, linkOfShown, paidFor, readFile } from './appointment.ts';
import { linkTo } from './appointment-link.ts';
import { bookAnother } from './keeping.ts';
import { Line } from './summary.tsx';

type Props = { readonly made: AppointmentReply; readonly heading: RefObject<HTMLHeadingElement | null> };

const HEADINGS = {
  pending: 'We have your request',
  booked: 'You are booked',
  declined: 'Your request was declined',
  'checked-in': 'You have arrived',
  completed: 'Thank you for coming',
  cancelled: 'This appointment is cancelled',
  'no-show': 'You missed this appointment',
} as const satisfies Record<AppointmentReply['status'], string>;

/** The appointment, once it is made, and again whenever its link is opened. */
export function Confirmation({ made, heading }: Props) {
  const isUnsure = cancelling.value === 'unsure';
  const isOpen = made.status === 'booked' || made.status === 'pending';
  const isPast = Date.parse(made.endsAt) <= serverNow();
  const isAhead = isOpen && !isPast && !isUnsure;
  const first = useRef(made.status);
  useEffect(() => {
    if (first.current !== made.status) heading.current?.focus();
    first.current = made.status;
  }, [made.status]);
  return (
    <article class="confirmation card">
      <Mark isAhead={isAhead} />
      <h1 ref={heading} tabIndex={-1}>
        {isUnsure ? 'Cancelling this appointment' : isOpen && isPast ? 'This appointment has passed' : HEADINGS[made.status]}
      </h1>
      {isUnsure && <NotSure>We do not know yet whether it is cancelled.</NotSure>}
      {isAhead && made.status === 'pending' && <p class="soft">It still has to be approved. Open its link later to see the answer.</p>}
      {isAhead && made.status === 'booked' && made.customer !== null && <p class="soft">See you soon, {made.customer.name}.</p>}
      <Facts made={made} />
      {isAhead && <AddToCalendar of={made} business={openShop().business.name} read={readFile} />}
      {isAhead && <Cancel made={made} />}
      {isAhead && <KeepLink />}
      {made.customer === null && <p class="soft">Your name and details are no longer shown here. The link to this page expires within two days.</p>}
      <div class="actions">
        <button type="button" class="button" onClick={bookAnother}>
          Book another appointment
        </button>
      </div>
    </article>
  );
}

function Facts({ made }: { readonly made: AppointmentReply }) {
  const from = Date.parse(made.startsAt);
  const place = openShop().locations.find(({ id }) => id === made.locationId);
  const away = !sameClock(from, made.timeZone, viewerZone());
  return (
    <dl class="facts">
      <Line
        term="When"
        is={`${longDay(from, made.timeZone)}, ${clockRange(from, Date.parse(made.endsAt), made.timeZone)}${away ? ` (${zoneName(from, made.timeZone)})` : ''}`}
      />
      {away && <Line term="On your clock" is={`${longDay(from, viewerZone())}, ${clock(from, viewerZone())}`} />}
      {made.serviceName !== null && <Line term="What" is={made.serviceName} />}
      {made.staffName !== null && <Line term="With" is={made.staffName} />}
      {made.locationName !== null && <Line term="Where" is={made.locationName} more={place?.address ?? null} />}
      <Line term="Price" is={made.price.amount === 0 ? 'Free' : money(made.price)} />
      <PaidLines />
      {made.reference !== null && <Line term="Reference" is={made.reference} />}
    </dl>
  );
}

/** Where something was paid online or has gone back. */
function PaidLines() {
  const paid = paidFor.value;
  if (paid === undefined || paid.paid.amount === 0) return null;
  return (
    <>
      <Line term="Paid" is={money(paid.paid)} />
      {paid.due.amount > 0 && <Line term="Still to pay" is={money(paid.due)} />}
      {paid.refunded.amount > 0 && <Line term="Paid back" is={money(paid.refunded)} />}
    </>
  );
}

/** Guests get no e-mail, and the address does not show the link: this is their way back. */
function KeepLink() {
  const link = linkOfShown();
  if (link === undefined) return null;
  return (
    <div class="keep-link">
      <p class="soft">
        Keep <a href={linkTo(link)}>the link to this appointment</a>. With it, anyone can see and cancel the appointment, so do not share it.
      </p>
      <CopyButton text={linkTo(link)}>Copy the link</CopyButton>
    </div>
  );
}

function Cancel({ made }: { readonly made: AppointmentReply }) {
  const isAsked = useSignal(false);
  const until = made.cancellableUntil === null ? undefined : Date.parse(made.cancellableUntil);
  if (until === undefined || until < serverNow()) return <p class="soft">This appointment can no longer be cancelled online. Please call us.</p>;
  const close = () => {
    isAsked.value = false;
  };
  return (
    <div class="cancel">
      {cancelProblem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(cancelProblem.value)}
        </p>
      )}
      <p class="soft">
        You can cancel until {longDay(until, made.timeZone)}, {clock(until, made.timeZone)}.{' '}
        <button
          type="button"
          class="button quiet"
          aria-busy={cancelling.value === 'in-flight' || undefined}
          onClick={() => {
            isAsked.value = cancelling.value === 'no';
          }}
        >
          Cancel this appointment
        </button>
      </p>
      {isAsked.value && (
        <AskFirst title="Cancel this appointment?" confirm="Yes, cancel it" keep="Keep it" onConfirm={() => void cancel()} onClose={close}>
          <p>
            {longDay(Date.parse(made.startsAt), made.timeZone)}, {clock(Date.parse(made.startsAt), made.timeZone)}. The time becomes free for other customers at
            once.
          </p>
          {refundWords(paidFor.value) !== undefined && <p>{refundWords(paidFor.value)}</p>}
        </AskFirst>
      )}
    </div>
  );
}

function Mark({ isAhead }: { readonly isAhead: boolean }) {
  return (
    <svg
      class="mark"
      data-ahead={isAhead || undefined}
      width="56"
      height="56"
      viewBox="0 0 56 56"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="3"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <circle cx="28" cy="28" r="26" />
      <path d={isAhead ? 'M18 29l7 7 14-15' : 'M20 28h16'} />
    </svg>
  );
}
