import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { AppointmentPaymentReply } from '../../src/protocol/payments.ts';
import { namesOf } from '../kit/add-ons.tsx';
import { AddToCalendar } from '../kit/add-to-calendar.tsx';
import { isEmbedded, serverNow } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { kitWords, language, say, sayWith } from '../kit/language.ts';
import { clock, clockRange, longDay, money, sameClock, zoneName } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { priceWords } from '../kit/service-words.tsx';
import { session } from '../kit/session.ts';
import { openShop } from '../kit/shop.ts';
import { viewerZone } from '../kit/zoned-dates.ts';
import { cancel, cancelling, cancelProblem, linkOfShown, lookAtMoney, paidFor, readFile } from './appointment.ts';
import { linkTo } from './appointment-link.ts';
import { bookAnother } from './keeping.ts';
import { words } from './languages.ts';
import { canBeMoved, openMoving } from './move-step.tsx';
import { PayByLink } from './pay-by-link.tsx';
import { Line } from './summary.tsx';

type Props = { readonly made: AppointmentReply; readonly heading: RefObject<HTMLHeadingElement | null> };

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
  const { made: text, cancel: cancelText } = words.value;
  return (
    <article class="confirmation card">
      <Mark isAhead={isAhead} />
      <h1 ref={heading} tabIndex={-1}>
        {isUnsure ? cancelText.unsureHeading : isOpen && isPast ? text.passed : text[made.status]}
      </h1>
      {isUnsure && <NotSure>{cancelText.unsure}</NotSure>}
      {isAhead && made.status === 'pending' && <p class="soft">{text.toBeApproved}</p>}
      {isAhead && made.status === 'booked' && made.customer !== null && <p class="soft">{say(text.seeYou, { name: made.customer.name })}</p>}
      <Facts made={made} />
      <PayByLink />
      {isAhead && <AddToCalendar of={made} business={openShop().business.name} read={readFile} />}
      {isAhead && <Changes made={made} />}
      {isAhead && <KeepLink />}
      {made.customer === null && <p class="soft">{text.noNames}</p>}
      <div class="actions">
        <button type="button" class="button" onClick={bookAnother}>
          {text.another}
        </button>
      </div>
      {session.value.state === 'out' && isAhead && !isEmbedded && (
        <p class="soft">
          {text.account}{' '}
          <a class="button quiet" href="/account#register">
            {text.createAccount}
          </a>
        </p>
      )}
    </article>
  );
}

function Facts({ made }: { readonly made: AppointmentReply }) {
  const from = Date.parse(made.startsAt);
  const place = openShop().locations.find(({ id }) => id === made.locationId);
  const away = !sameClock(from, made.timeZone, viewerZone());
  const { made: text, labels, times } = words.value;
  return (
    <dl class="facts">
      <Line
        term={labels.when}
        is={`${longDay(from, made.timeZone)}, ${clockRange(from, Date.parse(made.endsAt), made.timeZone)}${away ? ` (${zoneName(from, made.timeZone)})` : ''}`}
      />
      {away && <Line term={text.yourClock} is={say(times.at, { day: longDay(from, viewerZone()), time: clock(from, viewerZone()) })} />}
      {made.serviceName !== null && <Line term={labels.service} is={made.serviceName} />}
      {made.addOns.length > 0 && <Line term={labels.addOns} is={namesOf(made.addOns)} />}
      {made.staffName !== null && <Line term={labels.staff} is={made.staffName} />}
      {made.locationName !== null && (
        <div>
          <dt>{labels.where}</dt>
          <dd>
            {made.locationName}
            {place?.address != null && <span class="more"> {place.address}</span>}
            {place?.address != null && (
              <a class="button quiet directions" href={directionsTo(place.address)} target="_blank" rel="noopener noreferrer">
                {text.directions}
              </a>
            )}
          </dd>
        </div>
      )}
      {made.seats > 1 && <Line term={words.value.bar.seats} is={String(made.seats)} />}
      {made.voucher !== undefined && made.voucher.discount.amount > 0 && <Line term={labels.voucher} is={`−${money(made.voucher.discount)}`} />}
      <Line term={labels.price} is={priceWords(made.price, made.priceType)} />
      <PaidLines timeZone={made.timeZone} />
      <FeeLine status={made.status} />
      {Object.entries(made.answers).map(([question, answer]) => (
        <Line key={question} term={question} is={sayAnswer(answer)} />
      ))}
      {made.reference !== null && <Line term={labels.reference} is={<bdi>{made.reference}</bdi>} />}
    </dl>
  );
}

/** Kept as it is sent, in one language. */
function sayAnswer(answer: string): string {
  const { yes, no } = kitWords.value.question;
  return answer === 'yes' ? yes : answer === 'no' ? no : answer;
}

/** Opens the map of the device, or of the web. Nothing is sent there before the link is followed. */
function directionsTo(address: string): string {
  return `https://www.google.com/maps/dir/?${new URLSearchParams({ api: '1', destination: address })}`;
}

/** What a no-show costs, before and after. */
function FeeLine({ status }: { readonly status: AppointmentReply['status'] }) {
  const paid = paidFor.value;
  if (paid === undefined || paid.noShowFee === null) return null;
  const { amount, isWaived, hasCard } = paid.noShowFee;
  const text = words.value.made;
  if (status === 'pending' || status === 'booked')
    return <Line term={text.ifNoShow} is={hasCard ? say(text.toCard, { amount: money(amount) }) : money(amount)} />;
  if (status !== 'no-show') return null;
  return (
    <>
      <Line term={text.noShowFee} is={isWaived ? say(text.waived, { amount: money(amount) }) : money(amount)} />
      {paid.paid.amount === 0 && paid.due.amount > 0 && <Line term={text.toPay} is={priceWords(paid.due, paid.priceType)} />}
    </>
  );
}

/** Where something was paid online or has gone back. */
function PaidLines({ timeZone }: Pick<AppointmentReply, 'timeZone'>) {
  const paid = paidFor.value;
  const text = words.value.made;
  const reserved = paid?.reserved ? <ReservedLine of={paid.reserved} timeZone={timeZone} /> : null;
  if (paid === undefined || paid.paid.amount === 0) return reserved;
  const link = linkOfShown();
  return (
    <>
      {reserved}
      <Line term={text.paid} is={money(paid.paid)} more={paid.status === 'disputed' ? text.disputed : null} />
      {paid.due.amount > 0 && <Line term={text.toPay} is={priceWords(paid.due, paid.priceType)} />}
      {paid.overpaid.amount > 0 && <Line term={text.overpaid} is={money(paid.overpaid)} />}
      {paid.refunded.amount > 0 && <Line term={text.paidBack} is={money(paid.refunded)} />}
      {link !== undefined && (
        <div>
          <dt>{words.value.receipt.title}</dt>
          <dd>
            <a href={`/receipt?lang=${language.value}#appointment=${link.id}&token=${link.token}`} target="_blank" rel="noopener">
              {words.value.receipt.print}
            </a>
          </dd>
        </div>
      )}
    </>
  );
}

/** Promised by the card, and not paid. */
function ReservedLine({ of, timeZone }: { readonly of: NonNullable<AppointmentPaymentReply['reserved']>; readonly timeZone: string }) {
  const { reserved, notPaid, takenBy, beingTaken } = words.value.made;
  const at = Date.parse(of.takeAt);
  const when = of.isBeingTaken ? beingTaken : say(takenBy, { day: longDay(at, timeZone), time: clock(at, timeZone) });
  return <Line term={reserved} is={say(notPaid, { amount: money(of.amount) })} more={when} />;
}

/** Where no e-mail is sent this is the way back, because the address does not show the link. */
function KeepLink() {
  const link = linkOfShown();
  if (link === undefined) return null;
  const text = words.value.made;
  return (
    <div class="keep-link">
      <p class="soft">
        {sayWith(text.keepLink, {
          a: (named) => (
            <a href={linkTo(link)} {...(isEmbedded && { target: '_blank', rel: 'noopener' })}>
              {named}
            </a>
          ),
        })}
      </p>
      <CopyButton text={linkTo(link)}>{text.copyLink}</CopyButton>
    </div>
  );
}

/** Move it, or cancel it: until when, and what goes back. */
function Changes({ made }: { readonly made: AppointmentReply }) {
  const { move } = words.value;
  const until = Date.parse(made.reschedulableUntil ?? '');
  return (
    <div class="changes">
      {canBeMoved(made) && (
        <p class="soft">
          {say(move.until, { day: longDay(until, made.timeZone), time: clock(until, made.timeZone) })}{' '}
          <button type="button" class="button quiet" onClick={() => openMoving(made)}>
            {move.ask}
          </button>
        </p>
      )}
      <Cancel made={made} />
    </div>
  );
}

function Cancel({ made }: { readonly made: AppointmentReply }) {
  const isAsked = useSignal(false);
  /** What goes back may have become less since the page was opened. */
  const isMoneyKnown = useSignal(false);
  const text = words.value.cancel;
  const until = made.cancellableUntil === null ? undefined : Date.parse(made.cancellableUntil);
  if (until === undefined || until < serverNow()) return <p class="soft">{text.tooLate}</p>;
  const start = { day: longDay(Date.parse(made.startsAt), made.timeZone), time: clock(Date.parse(made.startsAt), made.timeZone) };
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
        {say(text.until, { day: longDay(until, made.timeZone), time: clock(until, made.timeZone) })}{' '}
        <button
          type="button"
          class="button quiet"
          aria-busy={cancelling.value === 'in-flight' || undefined}
          onClick={() => {
            if (cancelling.value !== 'no') return;
            isAsked.value = true;
            isMoneyKnown.value = false;
            void lookAtMoney().then((isRead) => {
              isMoneyKnown.value = isRead;
            });
          }}
        >
          {text.ask}
        </button>
      </p>
      {isAsked.value && (
        <AskFirst title={text.title} confirm={text.confirm} keep={text.keep} onConfirm={() => void cancel()} onClose={close}>
          <p>{say(text.consequence, start)}</p>
          {made.price.amount > 0 && (
            <p aria-live="polite">
              <strong>{isMoneyKnown.value && refundSentence()}</strong>
            </p>
          )}
        </AskFirst>
      )}
    </div>
  );
}

/** Exactly what goes back if it is cancelled now; `undefined`: nothing was paid. */
function refundSentence(): string | undefined {
  const of = paidFor.value;
  const { refund, noRefund, disputed, letGo, taken } = words.value.cancel;
  if (of?.reserved?.takenOnCancelling != null && of.paid.amount === 0) {
    const { amount, takenOnCancelling: kept } = of.reserved;
    return kept.amount === 0 ? letGo : say(taken, { taken: money(kept), amount: money(amount) });
  }
  if (of === undefined || of.paid.amount === 0 || of.refundNow === null) return undefined;
  if (of.status === 'disputed' && of.refundNow.amount === 0) return disputed;
  return of.refundNow.amount === 0 ? noRefund : say(refund, { amount: money(of.refundNow) });
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
