// What the socket gateways of several nodes tell each other. It is rare, and may get lost: while Redis is away nobody hears anything.

import { randomUUID } from 'node:crypto';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import type { HeardDayNotes, NamedDay } from '../../booking/day-notes.ts';
import type { Notifications } from '../../notifications/notifications.ts';
import type { ScreenToServer, ServerToScreen } from '../../protocol/socket.ts';
import type { SharedParts, WithAccounts } from '../parts.ts';
import type { Visitor } from './handshake.ts';
import type { NotificationFeed } from './notification-feed.ts';
import type { Screen } from './screen.ts';
import type { Look, Together } from './together.ts';

/** From one gateway to all others. */
type GatewayToGateway = {
  'session-ended': (sessionId: string) => void;
  notified: (userIds: readonly string[]) => void;
  looking: (nodeId: string, looks: readonly Look[]) => void;
  'note-written': (day: NamedDay, version: number) => void;
};
/** What the server keeps about a socket while it is let in. */
type SocketNotes = { visitor: Visitor };
export type Sockets = Server<ScreenToServer, ServerToScreen, GatewayToGateway, SocketNotes>;

/** Options of a Socket.IO server: how it reaches the others, if there are any. */
export function adapterOptions({ shared }: { readonly shared: SharedParts | null }): { adapter?: ReturnType<typeof createAdapter> } {
  if (shared === null) return {};
  return { adapter: createAdapter(shared.adapter.publisher, shared.adapter.subscriber, { key: `${shared.namespace}:sockets` }) };
}

/**
 * A session that ends on any node ends on all of them at once: its screens are sent away, and its access token is refused. A node that does not
 * hear of it goes on taking that token until it expires. Returns how to stop.
 */
export function shareEndedSessions(
  sockets: Sockets,
  { accounts, shared }: WithAccounts & { readonly shared: SharedParts | null },
  screens: ReadonlySet<Screen>,
): () => void {
  sockets.on('session-ended', (sessionId) => {
    accounts.sessionEnded(sessionId);
    endScreens(screens, sessionId);
  });
  return accounts.onSessionEnded((sessionId) => {
    if (shared !== null) sockets.serverSideEmit('session-ended', sessionId);
    endScreens(screens, sessionId);
  });
}

/** What people are told on any node, their pages on all of them hear of at once: only ids travel, and each node reads for its own pages. Returns how to stop. */
export function shareNotified(
  sockets: Sockets,
  { notifications, shared }: { readonly notifications: Notifications; readonly shared: SharedParts | null },
  feed: Pick<NotificationFeed, 'nudge'>,
): () => void {
  sockets.on('notified', (userIds) => feed.nudge(userIds));
  return notifications.listen((userIds) => {
    if (shared !== null && userIds.length > 0) sockets.serverSideEmit('notified', userIds);
    feed.nudge(userIds);
  });
}

/** What desks show each other, on all nodes. Ids alone travel, and what is lost is said again. Returns how to stop. */
export function shareDesks(
  sockets: Sockets,
  { dayNotes, shared }: { readonly dayNotes: HeardDayNotes; readonly shared: SharedParts | null },
  together: Together,
): () => void {
  const nodeId = randomUUID();
  sockets.on('looking', (from, looks) => together.hear(from, looks));
  sockets.on('note-written', (day, version) => together.noteChanged(day, version));
  if (shared !== null) together.tell = (looks) => sockets.serverSideEmit('looking', nodeId, looks);
  return dayNotes.listen(({ locationId, date }, version) => {
    if (shared !== null) sockets.serverSideEmit('note-written', { locationId, date }, version);
    together.noteChanged({ locationId, date }, version);
  });
}

function endScreens(screens: ReadonlySet<Screen>, sessionId: string): void {
  for (const screen of [...screens]) if (screen.principal?.sessionId === sessionId) screen.end('logged-out');
}
