import type { Caller } from '../../access/caller.ts';
import type { AppointmentStep } from '../../actors/calendar/calendar.ts';
import { abandonRequest } from '../../booking/abandon.ts';
import { addBlock, removeBlock, type WhoseTime } from '../../booking/blocks.ts';
import { book } from '../../booking/book.ts';
import { cancelAppointment, changeStatus, declineAppointment, rescheduleAppointment } from '../../booking/change-appointment.ts';
import { placeHold, releaseHold, renewHold } from '../../booking/holds.ts';
import { message } from './message.ts';
import type { Screen } from './screen.ts';

/** What REST says in headers and query, a message says in its body. */
type Envelope = {
  readonly key: string;
  readonly dryRun?: boolean | undefined;
  readonly holdToken?: string | undefined;
  readonly manageToken?: string | undefined;
  readonly ifMatch?: string | undefined;
};

/** Who speaks, with what the message brings along. */
export function callerOf(screen: Screen, { key, dryRun, holdToken, manageToken, ifMatch }: Envelope): Caller {
  return {
    principal: screen.principal,
    address: screen.address,
    key,
    dryRun: dryRun ?? false,
    holdToken: holdToken || null,
    manageToken: manageToken || null,
    ifMatch: ifMatch ?? null,
    requestId: null,
  };
}

/** Of a union, each member without its envelope. */
type Unwrapped<Body> = Body extends unknown ? Omit<Body, keyof Envelope> : never;

/** Opens the envelope: what is left is the body that REST gets, so the same request over both is one request. */
function unwrap<Body extends Envelope>({
  key: _key,
  dryRun: _dryRun,
  holdToken: _holdToken,
  manageToken: _manageToken,
  ifMatch: _ifMatch,
  ...body
}: Body): Unwrapped<Body> {
  // The rest of a union is the union of the rests; the compiler only sees the rest of what its members share.
  return body as unknown as Unwrapped<Body>;
}

function statusMessage(name: AppointmentStep) {
  return message(name, 'settle-appointment', (room, screen, { appointmentId, ...body }) =>
    changeStatus(room.parts, callerOf(screen, body), appointmentId, { type: name, body: unwrap(body) }),
  );
}

/** Every write, answered as REST answers it. */
export const claimMessages = {
  'place-hold': message('place-hold', 'place-hold', (room, screen, body) => placeHold(room.parts, callerOf(screen, body), unwrap(body))),
  'renew-hold': message('renew-hold', 'keep-hold', (room, screen, body) => renewHold(room.parts, callerOf(screen, body), body.holdId)),
  'release-hold': message('release-hold', 'keep-hold', (room, screen, body) => releaseHold(room.parts, callerOf(screen, body), body.holdId)),
  book: message('book', 'book', (room, screen, body) => book(room.parts, callerOf(screen, body), unwrap(body))),
  cancel: message('cancel', 'change-appointment', (room, screen, { appointmentId, ...body }) =>
    cancelAppointment(room.parts, callerOf(screen, body), appointmentId, unwrap(body)),
  ),
  reschedule: message('reschedule', 'change-appointment', (room, screen, { appointmentId, ...body }) =>
    rescheduleAppointment(room.parts, callerOf(screen, body), appointmentId, unwrap(body)),
  ),
  approve: statusMessage('approve'),
  decline: message('decline', 'settle-appointment', (room, screen, { appointmentId, ...body }) =>
    declineAppointment(room.parts, callerOf(screen, body), appointmentId, unwrap(body)),
  ),
  'check-in': statusMessage('check-in'),
  complete: statusMessage('complete'),
  'no-show': statusMessage('no-show'),
  reopen: statusMessage('reopen'),
  'add-block': message('add-block', 'block-time', (room, screen, { staffId, resourceId, ...body }) =>
    addBlock(room.parts, callerOf(screen, body), whoseOf({ staffId, resourceId }), unwrap(body)),
  ),
  'remove-block': message('remove-block', 'block-time', (room, screen, body) => removeBlock(room.parts, callerOf(screen, body), whoseOf(body), body.blockId)),
  abandon: message('abandon', 'abandon-request', (room, screen, body) => abandonRequest(room.parts, callerOf(screen, body), body.key)),
};

/** One of them is there. */
function whoseOf({ staffId = '', resourceId }: { readonly staffId?: string | undefined; readonly resourceId?: string | undefined }): WhoseTime {
  return resourceId === undefined ? { staffId } : { resourceId };
}
