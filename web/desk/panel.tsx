import { clock, longDay } from '../kit/money-and-time.ts';
import { localDate } from '../kit/zoned-dates.ts';
import { AwayPanel } from './away-panel.tsx';
import { ClaimPanel } from './claim-panel.tsx';
import { CustomerPanel } from './customers/panel.tsx';
import { FindTimePanel } from './find-time.tsx';
import { InboxPanel } from './inbox-panel.tsx';
import { claimInPanel, lookingAt, whatLeft } from './looking-at.ts';
import { NewPanel } from './new-panel.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { board, columns, date, isFirstLook, staffHere, timeZone } from './watching.ts';
import { words } from './wording.ts';

/** Beside the day: the details of a claim, a customer, or the form for a new appointment. */
export function Panel() {
  const looking = lookingAt.value;
  if (looking === undefined) return null;
  if (looking.kind === 'customer') return <CustomerPanel key={looking.customerId} customerId={looking.customerId} />;
  if (looking.kind === 'away') {
    const calendar = board.value.calendars.get(looking.calendarId);
    return calendar === undefined ? null : <AwayPanel key={`${looking.calendarId} ${date.value}`} calendar={calendar} />;
  }
  if (looking.kind === 'inbox') return <InboxPanel />;
  if (looking.kind === 'find-time') return <FindTimePanel key={`${looking.serviceId} ${looking.staffId}`} wish={looking} />;
  if (looking.kind === 'new') {
    const { calendarId, startsAt, serviceId, addOnIds } = looking;
    // The day may still be loading: the person is known all the same.
    const column = columns.value.find((one) => one.calendarId === calendarId) ?? staffHere.value.find((one) => one.calendarId === calendarId);
    if (column === undefined) return null;
    const staffId = 'staffId' in column ? column.staffId : column.id;
    return <NewPanel key={`${calendarId} ${startsAt}`} column={{ calendarId, staffId }} startsAt={startsAt} serviceId={serviceId} addOnIds={addOnIds} />;
  }
  const found = claimInPanel.value;
  if (found === undefined) return <Gone />;
  return <ClaimPanel key={looking.claimId} claim={found.claim} calendar={found.calendar} />;
}

/** Says what happened to it, if the page knows. */
function Gone() {
  const left = whatLeft.value;
  // A link leads here before the day is.
  if (isFirstLook.value)
    return (
      <PanelFrame title={words.value.panel.opening}>
        <div class="loading" aria-busy="true" />
      </PanelFrame>
    );
  if (left?.how === 'moved') return <MovedAway startsAt={left.startsAt} />;
  const text = words.value.panel;
  return (
    <PanelFrame title={text.noLonger}>
      <p class="soft">{left === undefined || left.how === 'booked' ? text.notToday : text[left.how]}</p>
    </PanelFrame>
  );
}

function MovedAway({ startsAt }: { readonly startsAt: number }) {
  const text = words.value.panel;
  const there = localDate(startsAt, timeZone.value);
  return (
    <PanelFrame title={text.noLonger}>
      <p class="soft">{text.moved({ day: longDay(startsAt, timeZone.value), time: clock(startsAt, timeZone.value) })}</p>
      {there !== date.value && (
        <button
          type="button"
          class="button"
          onClick={() => {
            date.value = there;
          }}
        >
          {text.showDay}
        </button>
      )}
    </PanelFrame>
  );
}
