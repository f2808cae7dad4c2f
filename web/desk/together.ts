// What colleagues have open at this location, and that the note of the day was written again.
import { effect, signal } from '@preact/signals';
import type { DeskSnapshot, LookingReply, ServerMessageBody } from '../../src/protocol/socket.ts';
import { lookingAt } from './looking-at.ts';
import { date, live, locationId, runsTheDesk } from './watching.ts';

/** Names by appointment. */
export const colleagues = signal<ReadonlyMap<string, readonly string[]>>(new Map());
/** Of the note of the day in view; `undefined` until it is known. */
export const noteVersion = signal<number | undefined>(undefined);

/** Shows them what is open here, and is told what they have open, until the returned function is called. */
export function keepTogether(): () => void {
  const stop = effect(() => {
    const looking = lookingAt.value;
    const open = looking?.kind === 'claim' ? { appointmentId: looking.claimId } : {};
    const body = { locationId: locationId.value, date: date.value, ...open };
    if (!runsTheDesk.value || body.locationId === '') return undefined;
    return live.watch<DeskSnapshot, ServerMessageBody<'desk-changed'>>({
      name: 'watch-desk',
      body: () => body,
      onSnapshot: (snapshot) => {
        take(snapshot.looking);
        noteVersion.value = snapshot.noteVersion;
      },
      onChange: (change) => {
        if (change.looking !== undefined) take(change.looking);
        if (change.noteVersion !== undefined) noteVersion.value = change.noteVersion;
        return 'applied';
      },
      // Nothing that is decided depends on it.
      onRefused: () => take([]),
      isBehind: () => false,
    });
  });
  // What was open before the connection was lost may be open no more.
  const stopForgetting = effect(() => {
    if (live.state.value !== 'live') take([]);
  });
  return () => {
    stop();
    stopForgetting();
    take([]);
  };
}

function take(looking: readonly LookingReply[]): void {
  const names = new Map<string, readonly string[]>();
  for (const { appointmentId, name } of looking) names.set(appointmentId, [...(names.get(appointmentId) ?? []), name]);
  colleagues.value = names;
}
