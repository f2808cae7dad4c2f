// What is measured, each as a process of its own: Slotkeeper, and the barest server of each kind that sends as many bytes.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { openServer } from '../../src/server.ts';
import { readConfig } from '../../src/settings/config.ts';
import { answerQuestions, type Pinned, startPinned } from './one-core.ts';

export type Kind = 'slotkeeper' | 'socket-echo' | 'http-constant' | 'express-constant' | 'bare-ws';
type Question = { readonly type: 'url' } | { readonly type: 'cpu' } | { readonly type: 'constant'; readonly text: string } | { readonly type: 'fan-out' };

/** What the server runs on: microseconds of processor time since it began, of all its threads. */
export type MeasuredServer = AsyncDisposable & {
  readonly url: string;
  cpu(): Promise<number>;
  /** What the bare servers answer from now on. */
  answerWith(text: string): Promise<void>;
  /** Bare ws sends to everybody. */
  fanOut(): Promise<void>;
};

export async function startMeasured(kind: Kind, environment: Readonly<Record<string, string>> = {}): Promise<MeasuredServer> {
  const pinned: Pinned = await startPinned(import.meta.filename, [kind], 'server-core', environment);
  const { url } = await pinned.ask<{ url: string }>({ type: 'url' } satisfies Question);
  return {
    url,
    cpu: async () => (await pinned.ask<{ microseconds: number }>({ type: 'cpu' } satisfies Question)).microseconds,
    answerWith: async (text) => void (await pinned.ask({ type: 'constant', text } satisfies Question)),
    fanOut: async () => void (await pinned.ask({ type: 'fan-out' } satisfies Question)),
    [Symbol.asyncDispose]: () => pinned[Symbol.asyncDispose](),
  };
}

let constant = '{}';
let constantBody: object = {};

type Opened = { readonly url: string; readonly fanOut?: () => void; readonly close?: () => Promise<void> };

const OPEN: Readonly<Record<Kind, () => Promise<Opened>>> = {
  slotkeeper: async () => {
    const config = readConfig(process.env, '/');
    if (!('database' in config)) throw new Error(JSON.stringify(config));
    const server = await openServer(config, { logger: pino({ level: 'error' }), webDirectory: null });
    return { url: server.url, close: async () => server[Symbol.asyncDispose]() };
  },
  'socket-echo': async () => {
    const http = createServer();
    const sockets = new SocketServer(http, { serveClient: false, perMessageDeflate: false, httpCompression: false });
    sockets.on('connection', (socket) => socket.on('place-hold', (_body, answer) => answer(constantBody)));
    return { url: await listen(http) };
  },
  'http-constant': async () => ({ url: await listen(createServer(readAndAnswer)) }),
  'express-constant': async () => {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.get('/v1/slots', (_request, response) => void response.type('json').send(constant));
    return { url: await listen(createServer(app)) };
  },
  'bare-ws': async () => {
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
    const fanOut = () => {
      for (const socket of sockets.clients) socket.send(constant);
    };
    return { url: await listen(http), fanOut };
  },
};

/** Reads what was sent, as any server does that answers it. */
const readAndAnswer: RequestListener = (request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(constant) }).end(constant));
};

async function listen(http: Server): Promise<string> {
  await once(http.listen(0, '127.0.0.1', 4_096), 'listening');
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function serve(kind: Kind): Promise<void> {
  const { url, fanOut, close } = await OPEN[kind]();
  answerQuestions<Question>((question) => {
    switch (question.type) {
      case 'url':
        return { url };
      case 'cpu': {
        const { user, system } = process.cpuUsage();
        return { microseconds: user + system };
      }
      case 'constant':
        constant = question.text;
        constantBody = JSON.parse(question.text);
        return {};
      case 'fan-out':
        fanOut?.();
        return {};
      default:
        return question satisfies never;
    }
  }, close);
}

if (process.argv[1] === import.meta.filename) await serve(process.argv[2] as Kind);
