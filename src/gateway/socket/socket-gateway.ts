import { randomUUIDv7 } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Server, type Socket } from 'socket.io';
import type { ProblemDraft } from '../../protocol/problems.ts';
import type { Gateway } from '../compose.ts';
import { Beacons } from './beacons.ts';
import { Connections } from './connections.ts';
import { readVisitor, refusalOf, refuseVisitor } from './handshake.ts';
import {
  GOODBYE_HEARD_MILLISECONDS,
  GOODBYE_LINGER_MILLISECONDS,
  GOODBYE_PAUSE_MILLISECONDS,
  GOODBYE_SLICE,
  GREETING_MILLISECONDS,
  LAST_ANSWERS_MILLISECONDS,
  MAX_MESSAGE_BYTES,
  READING_CHECK_MILLISECONDS,
  socketBudget,
  UPGRADE_MILLISECONDS,
} from './limits.ts';
import { LiveRoom } from './live-room.ts';
import { answerMessage } from './messages.ts';
import { type NewcomerLimits, Newcomers } from './newcomers.ts';
import { adapterOptions, type Sockets, shareDesks, shareEndedSessions, shareNotified } from './other-nodes.ts';
import { Screen, type ScreenParts } from './screen.ts';
import { guardTransport } from './transport-requests.ts';
import type { Wires } from './wires.ts';

const PATH = '/socket.io';

type SocketOfVisitor = Parameters<Parameters<Sockets['use']>[0]>[0];

/** The sockets of one server. Disposing of it sends every screen away, a slice at a time, and waits until they are gone. */
export type SocketGateway = AsyncDisposable & {
  /** How many screens are connected. */
  readonly size: number;
};

/** What tests make small. */
export type SocketLimits = NewcomerLimits;

/**
 * Serves Socket.IO at `/socket.io` of this server, which somebody else listens with and closes. Dispose of it before the HTTP server is closed:
 * open WebSockets would hold that up.
 */
export function attachSockets(httpServer: HttpServer, parts: Gateway, limits: Partial<SocketLimits> = {}): SocketGateway {
  const room = new LiveRoom(parts);
  const beacons = new Beacons(room);
  const screens = new Set<Screen>();
  const newcomers = new Newcomers(parts, limits);
  let isClosing = false;
  const sockets: Sockets = new Server(httpServer, {
    path: PATH,
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: limits.greetingMilliseconds ?? GREETING_MILLISECONDS,
    upgradeTimeout: UPGRADE_MILLISECONDS,
    ...adapterOptions(parts),
    allowRequest: (request, answer) => answer(null, !isClosing && newcomers.hasRoomFor(request)),
  });
  guardTransport(sockets.engine, parts);
  const connections = new Connections(httpServer, PATH, newcomers, limits);
  sockets.engine.on('connection', (connection: Socket['conn']) => connections.come(connection));
  sockets.use((socket, next) => {
    letIn(parts, socket).then((problem) => next(problem && refusalOf(problem, randomUUIDv7())), next);
  });
  sockets.on('connection', (socket) => {
    const screen = connections.become(socket.conn, (under) => screenOf(room, socket, under));
    if (screen === undefined) return void socket.disconnect(true);
    screens.add(screen);
    const stopVisits = beacons.visit(screen);
    socket.onAny((name: unknown, ...words: unknown[]) => room.inbox.add(screen, () => void answerMessage(room, screen, String(name), words)));
    socket.on('disconnect', () => {
      stopVisits();
      screens.delete(screen);
      screen.close();
    });
  });
  const checks = setInterval(() => checkReading(screens), READING_CHECK_MILLISECONDS);
  const stopSharing = [shareEndedSessions(sockets, parts, screens), shareNotified(sockets, parts, room.notified), shareDesks(sockets, parts, room.together)];
  watchRoom(parts, room, screens);
  return {
    get size() {
      return screens.size;
    },
    async [Symbol.asyncDispose]() {
      isClosing = true;
      clearInterval(checks);
      parts.readiness.state = 'stopping';
      beacons.close();
      await allAnswered(screens);
      await sendAway(screens);
      room.close();
      for (const stop of stopSharing) stop();
      // Only ours: without `local` the adapter would send everybody away, on every node.
      sockets.local.disconnectSockets(true);
      await sockets.of('/').adapter.close();
      sockets.engine.close();
      await allHungUp(connections.wires);
      connections[Symbol.dispose]();
    },
  };
}

function screenOf({ parts, unread, watched }: LiveRoom, socket: SocketOfVisitor, under: Pick<ScreenParts, 'line' | 'intake'>): Screen {
  const { visitor } = socket.data;
  return new Screen(socket, visitor, { ...under, budget: socketBudget(visitor.principal, parts.config.rateLimitScale), unread, watched });
}

function checkReading(screens: ReadonlySet<Screen>): void {
  for (const screen of [...screens]) screen.checkReading();
}

function watchRoom({ metrics }: Gateway, room: LiveRoom, screens: ReadonlySet<Screen>): void {
  metrics.watch('screens', 'Connected Socket.IO clients.', () => screens.size);
  metrics.watch('watched_calendars', 'Calendars watched by at least one screen.', () => room.feeds.size);
  metrics.watch('slot_views', 'Distinct slot lists open on screens.', () => room.slotViews.size);
  metrics.watch('slot_view_starts', 'Free times in all open slot lists.', () => room.slotViews.starts);
  metrics.watch('unread_bytes', 'Bytes sent to screens and not read yet.', () => room.unread.total);
}

/** Why a socket may not come in; `undefined`: it may, and is a visitor from now on. */
async function letIn(parts: Gateway, socket: SocketOfVisitor): Promise<ProblemDraft | undefined> {
  const visitor = await readVisitor(parts, socket.handshake.auth, socket.request);
  if ('refusal' in visitor) return visitor.refusal;
  socket.data.visitor = visitor;
  return refuseVisitor(parts, visitor);
}

/** Nothing new is taken any more; what is under way gets its answer before the goodbye. */
async function allAnswered(screens: ReadonlySet<Screen>): Promise<void> {
  const until = performance.now() + LAST_ANSWERS_MILLISECONDS;
  while ([...screens].some((screen) => screen.inFlight > 0) && performance.now() < until) await wait(GOODBYE_PAUSE_MILLISECONDS);
}

/**
 * Everybody is told first, and what is on its way by then is answered ("nothing was done, connect again"). Screens come back at once, to a server
 * that is starting or to another node: so not all in the same moment.
 */
async function sendAway(screens: ReadonlySet<Screen>): Promise<void> {
  const leaving = [...screens];
  for (const screen of leaving) screen.sayGoodbye('shutting-down');
  if (leaving.length > 0) await wait(GOODBYE_HEARD_MILLISECONDS);
  for (let start = 0; start < leaving.length; start += GOODBYE_SLICE) {
    for (const screen of leaving.slice(start, start + GOODBYE_SLICE)) screen.leave();
    if (start + GOODBYE_SLICE < leaving.length) await wait(GOODBYE_PAUSE_MILLISECONDS);
  }
}

/** Waits for clients to close, and cuts those that do not. */
async function allHungUp(wires: Wires): Promise<void> {
  const until = performance.now() + GOODBYE_LINGER_MILLISECONDS;
  while (wires.size > 0 && performance.now() < until) await wait(GOODBYE_PAUSE_MILLISECONDS);
  wires.cutAll();
}
