import type { ServerMessage, ServerMessageBody } from '../../protocol/socket.ts';

/** Messages that go to many watches and differ only in the watch they are for. */
type WatchMessage = Extract<ServerMessage, 'board-changed' | 'slots-changed' | 'notification'>;

/**
 * Encodes what is the same for every watch. Socket.IO writes an event as `2["name",body]`; the body's first field is the watch's own,
 * so `packetFor` puts it in front of this text, and a thousand screens cost one JSON.stringify.
 */
export function sharedText<Name extends WatchMessage>(_name: Name, body: Omit<ServerMessageBody<Name>, 'watchId'>): string {
  return `${JSON.stringify(body).slice(1)}]`;
}

/** The packet for one watch, as Socket.IO's own encoder would write it. */
export function packetFor(name: WatchMessage, watchId: string, shared: string): string {
  return `2["${name}",{"watchId":${JSON.stringify(watchId)},${shared}`;
}
