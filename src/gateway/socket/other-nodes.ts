// What the socket gateways of several nodes tell each other. It is rare, and may get lost: while Redis is away nobody hears anything.

import { createAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import type { ScreenToServer, ServerToScreen } from '../../protocol/socket.ts';
import type { SharedParts, WithAccounts } from '../parts.ts';
import type { Visitor } from './handshake.ts';
import type { Screen } from './screen.ts';

/** From one gateway to all others. */
type GatewayToGateway = { 'session-ended': (sessionId: string) => void };
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

function endScreens(screens: ReadonlySet<Screen>, sessionId: string): void {
  for (const screen of [...screens]) if (screen.principal?.sessionId === sessionId) screen.end('logged-out');
}
