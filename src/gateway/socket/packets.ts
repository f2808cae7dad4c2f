import type { ServerMessage, ServerMessageBody } from '../../protocol/socket.ts';

/** Messages that go to many watches and differ only in the watch they are for. */
type WatchMessage = Extract<ServerMessage, 'board-changed' | 'slots-changed' | 'notification' | 'desk-changed'>;

/** Encoded: `text` as Socket.IO's own encoder would write it, and for Engine.IO the frame that a WebSocket sends of it. */
export type WatchPacket = { readonly text: string; readonly options: { readonly compress: false; readonly wsPreEncodedFrame: Buffer[] } };

/** Of one message. Pages number their watches from 0 on, so that a few packets serve all screens. */
const MOST_PACKETS = 16;
/** Engine.IO's mark of a message. */
const MESSAGE = '4';

/**
 * A message for many watches. Socket.IO writes an event as `2["name",body]`, and the first field of the body is the watch's own: what comes after it is
 * the same for all. So a thousand screens cost one JSON.stringify, and those that use the same name for their watch also share one frame.
 */
export class SharedMessage<Name extends WatchMessage = WatchMessage> {
  readonly #name: Name;
  readonly #rest: string;
  readonly #packets = new Map<string, WatchPacket>();

  constructor(name: Name, body: Omit<ServerMessageBody<Name>, 'watchId'>) {
    this.#name = name;
    this.#rest = `${JSON.stringify(body).slice(1)}]`;
  }

  packetFor(watchId: string): WatchPacket {
    const known = this.#packets.get(watchId);
    if (known !== undefined) return known;
    const text = `2["${this.#name}",{"watchId":${JSON.stringify(watchId)},${this.#rest}`;
    const packet: WatchPacket = { text, options: { compress: false, wsPreEncodedFrame: [frameOf(MESSAGE + text)] } };
    if (this.#packets.size < MOST_PACKETS) this.#packets.set(watchId, packet);
    return packet;
  }
}

/** A whole text in one frame, as servers send it: without a mask (RFC 6455, 5.2). */
function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, start);
  return frame;
}
