// One harmless message of every name, as `route-samples.ts` has one request for every route.
import type { ScreenMessage } from '../../../src/protocol/socket.ts';
import { dateIn } from '../../support/dates.ts';
import type { Shown, Subject } from './subjects.ts';
import type { Belongs } from './walkers.ts';

export type MessageSample = { readonly belongs?: Belongs; ask(subject: Subject, shows: Shown | null, token: string | undefined): object };

const key = () => crypto.randomUUID();
const range = () => ({ watchId: 'w', from: dateIn(1), to: dateIn(2) });
const claim = ({ serviceId, staffId, freeAt }: Subject) => ({ key: key(), dryRun: true, serviceId, staffId, startsAt: freeAt });
const ofHold: MessageSample = { ask: ({ holdId }, shows) => ({ key: key(), holdId, ...(shows && { holdToken: shows.holdToken }) }) };
const ofAppointment = ({ appointmentId }: Subject, shows: Shown | null) => ({
  key: key(),
  appointmentId,
  ifMatch: '"999999"',
  ...(shows && { manageToken: shows.manageToken }),
});
const settle: MessageSample = { ask: ofAppointment };
const blockDays = { startsAt: '2030-01-01T10:00:00Z', endsAt: '2030-01-01T11:00:00Z' };

export const MESSAGE_SAMPLES: Readonly<Record<ScreenMessage, MessageSample>> = {
  'watch-board': { ask: ({ staffId }) => ({ ...range(), staffIds: [staffId] }) },
  'watch-slots': { ask: ({ serviceId, staffId }) => ({ ...range(), serviceId, staffIds: [staffId] }) },
  'watch-notifications': { belongs: 'asker', ask: () => ({ watchId: 'n' }) },
  'watch-desk': { ask: ({ locationId }) => ({ watchId: 'd', locationId, date: dateIn(1) }) },
  unwatch: { ask: () => ({ watchId: 'w' }) },
  'place-hold': { ask: (subject) => claim(subject) },
  'renew-hold': ofHold,
  'release-hold': ofHold,
  book: { ask: (subject) => ({ ...claim(subject), customer: { name: 'Ivy', email: 'ivy@example.org' }, allowOverlap: true }) },
  cancel: settle,
  reschedule: { ask: (subject, shows) => ({ ...ofAppointment(subject, shows), startsAt: subject.freeAt, allowOverlap: true }) },
  approve: settle,
  decline: settle,
  'check-in': settle,
  complete: settle,
  'no-show': settle,
  reopen: settle,
  'add-block': { ask: ({ staffId }) => ({ key: key(), staffId, ...blockDays }) },
  'remove-block': { ask: ({ staffId }) => ({ key: key(), staffId, blockId: crypto.randomUUID() }) },
  'refresh-token': { belongs: 'asker', ask: (_subject, _shows, token) => ({ token }) },
  abandon: { belongs: 'asker', ask: () => ({ key: key() }) },
};
