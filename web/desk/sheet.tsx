// A day on paper: of one person or of all, by time, from what is known and not from what is scrolled into view.
import { serverNow } from '../kit/api.ts';
import { clock, clockRange, longDay } from '../kit/money-and-time.ts';
import { openShop } from '../kit/shop.ts';
import type { BoardCalendar, BoardClaim, BoardRoom } from './board.ts';
import { FromTo } from './claim-item.tsx';
import { serviceName, statusOf, titleOf } from './claim-words.ts';
import { spanWords } from './column.tsx';
import { openings } from './day-layout.ts';
import { StatusIcon, signOf } from './status-icon.tsx';
import { shownColumns, shownRooms } from './views.ts';
import { board, boardProblem, date, day, isFirstLook, locationId, roomName, timeZone, today } from './watching.ts';
import { words } from './wording.ts';

/** The day in view, ready for the printer. */
export function PrintView() {
  if (isFirstLook.value)
    return boardProblem.value === undefined ? <div class="sheet-frame loading" aria-busy="true" role="status" aria-label={words.value.grid.loading} /> : null;
  const { calendars, rooms } = board.value;
  const text = words.value.sheet;
  return (
    <div class="sheet-frame">
      <div class="sheet-bar">
        <p class="soft">
          {text.lead} {date.value === today() && text.nextDays}
        </p>
        <button type="button" class="button primary" onClick={() => print()}>
          {text.print}
        </button>
      </div>
      <Sheet claimsOf={(calendarId) => [...(calendars.get(calendarId)?.claims.values() ?? rooms.get(calendarId)?.claims.values() ?? [])]} />
    </div>
  );
}

type SheetProps = { readonly claimsOf: (calendarId: string) => readonly BoardClaim[]; readonly asOf?: number | undefined };

export function Sheet({ claimsOf, asOf }: SheetProps) {
  const { business, locations } = openShop();
  const place = locations.find(({ id }) => id === locationId.value);
  const known = asOf ?? serverNow();
  return (
    <article class="sheet" aria-label={longDay(day.value.startsAt, timeZone.value)}>
      <header>
        <h2>{longDay(day.value.startsAt, timeZone.value)}</h2>
        <p>
          {business.name}
          {place !== undefined && place.name !== business.name && ` · ${place.name}`} ·{' '}
          {words.value.sheet.asOf({ day: longDay(known, timeZone.value), time: clock(known, timeZone.value) })}
        </p>
      </header>
      {shownColumns.value.map(({ calendarId, staffName }) => (
        <Part key={calendarId} name={staffName} of={board.value.calendars.get(calendarId)} claims={claimsOf(calendarId)} />
      ))}
      {shownRooms.value.map(({ calendarId, resourceName }) => (
        <Part key={calendarId} name={resourceName} of={board.value.rooms.get(calendarId)} claims={claimsOf(calendarId)} />
      ))}
    </article>
  );
}

type PartProps = { readonly name: string; readonly of: BoardCalendar | BoardRoom | undefined; readonly claims: readonly BoardClaim[] };

function Part({ name, of, claims }: PartProps) {
  const text = words.value.sheet;
  const { startsAt, endsAt } = day.value;
  const rows = claims
    .filter((claim) => claim.startsAt < endsAt && claim.endsAt > startsAt)
    .sort((one, other) => one.startsAt - other.startsAt || one.endsAt - other.endsAt || one.lane - other.lane);
  const hours = of === undefined ? [] : openings(of, day.value);
  const off = (of?.hours.timeOff ?? []).filter((one) => one.startsAt < endsAt && one.endsAt > startsAt);
  return (
    <section class="sheet-part" aria-label={name}>
      <h3>
        {name}
        <span>
          {hours.length === 0 ? words.value.list.off : hours.map((one) => clockRange(one.startsAt, one.endsAt, timeZone.value)).join(', ')}
          {off.map((one) => ` · ${one.reason ?? words.value.list.timeOff}, ${spanWords(one, day.value)}`)}
        </span>
      </h3>
      {rows.length === 0 ? (
        <p>{words.value.list.nothing}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{text.time}</th>
              <th scope="col">{text.who}</th>
              <th scope="col">{text.what}</th>
              <th scope="col">{text.status}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((claim) => (
              <Row key={claim.id} claim={claim} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ claim }: { readonly claim: BoardClaim }) {
  const sign = signOf(claim);
  const room = claim.resourceId === undefined ? undefined : roomName(claim.resourceId);
  const what = [
    claim.kind === 'block' ? undefined : serviceName(claim),
    claim.seats > 1 ? words.value.count.seats({ count: claim.seats }) : undefined,
    room,
  ].filter((part) => part !== undefined);
  return (
    <tr data-kind={claim.kind}>
      <th scope="row">
        <FromTo span={claim} />
      </th>
      <td>
        <b>{titleOf(claim)}</b>
        {claim.customer?.phone !== null && claim.customer?.phone !== undefined && <span class="sheet-phone"> {claim.customer.phone}</span>}
      </td>
      <td>
        {what.join(' · ')}
        {typeof claim.notes === 'string' && claim.notes !== '' && <p>{words.value.sheet.notes({ text: claim.notes })}</p>}
        {typeof claim.staffNotes === 'string' && claim.staffNotes !== '' && <p>{words.value.sheet.forUs({ text: claim.staffNotes })}</p>}
      </td>
      <td class="sheet-status">
        {sign !== undefined && <StatusIcon sign={sign} />} {statusOf(claim)}
      </td>
    </tr>
  );
}
