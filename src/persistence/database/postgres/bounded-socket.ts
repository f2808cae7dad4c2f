import { Socket } from 'node:net';

/** First TCP keepalive probe after this much silence; finds a peer that vanished while nothing is under way. */
const KEEPALIVE_DELAY_MS = 10_000;

/** A socket for `pg` that probes a silent peer and, with `silenceMs`, hangs up when nothing moved in either direction for that long. */
export function boundedSocket(silenceMs = 0): Socket {
  const socket = new Socket();
  socket.setKeepAlive(true, KEEPALIVE_DELAY_MS);
  socket.setTimeout(silenceMs, () => socket.destroy(new Error(`The database server was silent for ${silenceMs} ms.`)));
  return socket;
}
