// A connection of Socket.IO as a gateway gets it, without a gateway around it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { ScreenSocket } from '../../../src/gateway/socket/screen.ts';
import type { ScreenToServer, ServerToScreen } from '../../../src/protocol/socket.ts';

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
