// Another time for an appointment that is booked. Its free times are live, and the one it has stays until another is won.
import { batch, signal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { serverNow } from '../kit/api.ts';
import { AskFirst } from '../kit/ask-first.tsx';
import { say } from '../kit/language.ts';
import { clock, longDay } from '../kit/money-and-time.ts';
import { NotSure } from '../kit/not-sure.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { openShop } from '../kit/shop.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { isUnsureOfMoving, linkOfShown, move, moveRefused, movingTo } from './appointment.ts';
import { chooseAddOns, chooseDate, chooseLocation, chooseSeats, chooseService, staffId, timeZone } from './choosing.ts';
import { movingOwn, openList } from './free-times.ts';
import { stage } from './keeping.ts';
import { words } from './languages.ts';
import { When } from './when.tsx';

/** The start that the customer is asked about. */
const wanted = signal<number | undefined>(undefined);

/** The customer may move it now, and what it is about is still offered. */
export function canBeMoved({ reschedulableUntil, serviceId, staffId: ofStaff }: AppointmentReply): boolean {
  const person = openShop().staff.find(({ id }) => id === ofStaff);
  const isOffered = (person?.serviceIds.includes(serviceId) ?? false) && openShop().services.some(({ id, active }) => id === serviceId && active);
  return linkOfShown() !== undefined && reschedulableUntil !== null && Date.parse(reschedulableUntil) > serverNow() && isOffered;
}

export function openMoving(made: AppointmentReply): void {
  const link = linkOfShown();
  if (link === undefined) return;
  history.pushState({ stage: 'moving', link }, '');
  batch(() => {
    movingOwn.value = { movingAppointmentId: link.id, manageToken: link.token };
    chooseLocation(made.locationId);
    chooseService(made.serviceId);
    chooseSeats(made.seats);
    chooseAddOns(made.addOns.map(({ id }) => id));
    staffId.value = made.staffId;
    chooseDate(localDate(Date.parse(made.startsAt), timeZone.value));
    moveRefused.value = undefined;
    stage.value = 'moving';
  });
}

/** Back to the appointment, whether it has moved or not. */
export function closeMoving(): void {
  batch(() => {
    wanted.value = undefined;
    movingOwn.value = undefined;
    stage.value = 'booked';
  });
}

async function moveTo(startsAt: number): Promise<void> {
  const isMoved = await move(startsAt);
  // The customer may be back at the appointment already: one step more would lead off the page.
  if (isMoved && stage.value === 'moving') history.back();
  else openList();
}

export function MoveStep({ made, heading }: { readonly made: AppointmentReply; readonly heading: RefObject<HTMLHeadingElement | null> }) {
  const text = words.value.move;
  const at = { day: longDay(Date.parse(made.startsAt), timeZone.value), time: clock(Date.parse(made.startsAt), timeZone.value) };
  const pick = (startsAt: number) => {
    wanted.value = startsAt;
  };
  return (
    <>
      <div class="intro">
        <h1 ref={heading} tabIndex={-1}>
          {text.heading}
        </h1>
        <p>{say(text.lead, at)}</p>
        <button type="button" class="button" onClick={() => history.back()}>
          {text.stay}
        </button>
      </div>
      <When picking={{ asking: movingTo.value, pick }}>
        {isUnsureOfMoving.value && <NotSure>{text.unsure}</NotSure>}
        {moveRefused.value !== undefined && (
          <p class="banner danger" role="alert">
            {say(text.refused, { time: clock(moveRefused.value.startsAt, timeZone.value), why: sentenceOf(moveRefused.value.problem) })}
          </p>
        )}
      </When>
      {wanted.value !== undefined && <Ask startsAt={wanted.value} present={at} />}
    </>
  );
}

function Ask({ startsAt, present }: { readonly startsAt: number; readonly present: { readonly day: string; readonly time: string } }) {
  const text = words.value.move;
  const title = say(text.title, { day: longDay(startsAt, timeZone.value), time: clock(startsAt, timeZone.value) });
  const close = () => {
    wanted.value = undefined;
  };
  return (
    <AskFirst title={title} confirm={text.confirm} keep={text.stay} kind="primary" onConfirm={() => void moveTo(startsAt)} onClose={close}>
      <p>{say(text.consequence, present)}</p>
    </AskFirst>
  );
}
