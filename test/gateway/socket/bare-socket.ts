// A connection of Socket.IO as a gateway gets it, without a gateway around it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { Intake } from '../../../src/gateway/socket/intake.ts';
import { STARTS_IN_PROCESS, socketBudget, UNREAD_IN_PROCESS } from '../../../src/gateway/socket/limits.ts';
import type { ScreenParts, ScreenSocket } from '../../../src/gateway/socket/screen.ts';
import { Shares } from '../../../src/gateway/socket/shares.ts';
import type { ScreenToServer, ServerToScreen } from '../../../src/protocol/socket.ts';

/** What a screen of a guest is made of, over a line that takes everything at once. */
export function bareParts(): ScreenParts {
  return {
    line: { unreadBytes: 0, stopReading: () => undefined, goOnReading: () => undefined, cut: () => undefined },
    intake: new Intake(performance.now()),
    budget: socketBudget(null, 1),
    unread: new Shares(UNREAD_IN_PROCESS),
    watched: new Shares(STARTS_IN_PROCESS),
  };
}

export async function openBareSocket(): Promise<AsyncDisposable & { readonly socket: ScreenSocket }> {
  const http = createServer();
  const sockets = new Server<ScreenToServer, ServerToScreen>(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const connected = new Promise<ScreenSocket>((resolve) => sockets.once('connection', resolve));
  const page = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'], reconnection: false });
  return {
    socket: await connected,
    async [Symbol.asyncDispose]() {
      page.disconnect();
      await sockets.close();
    },
  };
}
