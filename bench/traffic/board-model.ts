import type { ClaimReply } from '../../src/protocol/calendars.ts';
import type { BoardEventReply, BoardSnapshot, ServerMessageBody } from '../../src/protocol/socket.ts';

/** `gap`: something before this message is missing. */
export type Applied = 'applied' | 'old' | 'gap';
/** `staffId` is empty where it is a resource's. */
export type BoardColumn = { readonly staffId: string; readonly resourceId?: string; revision: number; readonly claims: Map<string, ClaimReply> };

/** What a front desk would have on its screen, worked out from nothing but what the server sent to it. */
export class BoardModel {
  era = '';
  timeZone = 'UTC';
  readonly columns = new Map<string, BoardColumn>();

  get revisions(): Record<string, number> {
    return Object.fromEntries([...this.columns].map(([calendarId, { revision }]) => [calendarId, revision]));
  }

  /** Returns what cannot be: a catch-up that does not fit, or a calendar called unchanged that is not here. */
  takeSnapshot(snapshot: BoardSnapshot): string | undefined {
    if (snapshot.era !== this.era) this.columns.clear();
    this.era = snapshot.era;
    this.timeZone = snapshot.timeZone;
    for (const entry of snapshot.calendars) {
      if ('claims' in entry) {
        this.columns.set(entry.calendarId, {
          staffId: entry.staffId ?? '',
          ...(entry.resourceId !== undefined && { resourceId: entry.resourceId }),
          revision: entry.revision,
          claims: new Map(entry.claims.map((claim) => [claim.id, claim])),
        });
        continue;
      }
      const column = this.columns.get(entry.calendarId);
      if (column === undefined || column.revision < entry.base) return `a catch-up from revision ${entry.base} for a screen that has ${column?.revision}`;
      this.#advance(entry.calendarId, column, entry.revision, entry.events);
    }
    const stranger = snapshot.unchanged.find((calendarId) => !this.columns.has(calendarId));
    return stranger === undefined ? undefined : `calendar ${stranger} is called unchanged, but was never told`;
  }

  change({ era, calendarId, base, revision, events }: ServerMessageBody<'board-changed'>): Applied {
    const column = this.columns.get(calendarId);
    if (column === undefined || era !== this.era || base > column.revision) return 'gap';
    if (revision <= column.revision) return 'old';
    if (base < column.revision) return 'gap';
    this.#advance(calendarId, column, revision, events);
    return 'applied';
  }

  #advance(calendarId: string, column: BoardColumn, revision: number, events: readonly BoardEventReply[]): void {
    const isHere = (event: BoardEventReply) => event.calendarId === calendarId || (column.resourceId !== undefined && event.resourceId === column.resourceId);
    for (const event of events) applyEvent(column.claims, event, isHere(event));
    column.revision = revision;
  }
}

/** `isHere`: afterwards it stands in this column. */
function applyEvent(claims: Map<string, ClaimReply>, event: BoardEventReply, isHere: boolean): void {
  switch (event.type) {
    case 'hold.placed':
    case 'hold.renewed':
    case 'payment.begun':
      put(claims, event.holdId, 'hold', event);
      break;
    case 'hold.released':
    case 'hold.expired':
      remove(claims, event.holdId);
      break;
    case 'appointment.requested':
    case 'appointment.booked':
      remove(claims, event.holdId);
      put(claims, event.appointmentId, 'appointment', event);
      break;
    case 'appointment.checked-in':
    case 'appointment.completed':
    case 'appointment.no-show':
    case 'appointment.reopened':
      put(claims, event.appointmentId, 'appointment', event);
      break;
    case 'appointment.rescheduled':
    case 'appointment.edited':
      remove(claims, event.appointmentId);
      if (isHere) put(claims, event.appointmentId, 'appointment', event);
      break;
    case 'appointment.cancelled':
    case 'appointment.declined':
      remove(claims, event.appointmentId);
      break;
    case 'block.added':
      put(claims, event.blockId, 'block', event);
      break;
    case 'block.removed':
      remove(claims, event.blockId);
      break;
    case 'hours.changed':
    case 'external.changed':
      break;
    default:
      event.type satisfies never;
  }
}

function remove(claims: Map<string, ClaimReply>, id: string | undefined): void {
  if (id !== undefined) claims.delete(id);
}

function put(claims: Map<string, ClaimReply>, id: string | undefined, kind: ClaimReply['kind'], event: BoardEventReply): void {
  if (id === undefined) return;
  const { startsAt = '', endsAt = '', lane = 0, seats = 1, serviceId = null, status = null, expiresAt, reason, reference, customer, notes } = event;
  const more =
    kind === 'block'
      ? { reason: reason ?? null }
      : { ...(reference !== undefined && { reference }), ...(customer && { customer }), ...(notes !== undefined && { notes }) };
  claims.set(id, { kind, id, startsAt, endsAt, lane, seats, serviceId, status, ...(expiresAt !== undefined && kind === 'hold' && { expiresAt }), ...more });
}

/** One claim as text, the same however its times are written; for telling two screens apart. */
export function claimText(claim: ClaimReply): string {
  const { kind, id, lane, seats, serviceId, status, reference, customer, notes, reason } = claim;
  const times = [claim.startsAt, claim.endsAt, claim.expiresAt].map((text) => (text === undefined ? null : Date.parse(text)));
  return JSON.stringify([
    kind,
    id,
    times,
    lane,
    seats,
    serviceId,
    status,
    reference ?? null,
    customer ?? null,
    notes ?? null,
    kind === 'block' ? (reason ?? null) : null,
  ]);
}
