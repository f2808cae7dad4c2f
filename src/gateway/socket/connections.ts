import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'socket.io';
import { Intake, type Packet } from './intake.ts';
import { GOODBYE_LINGER_MILLISECONDS, GREETING_MILLISECONDS } from './limits.ts';
import type { NewcomerLimits, Newcomers } from './newcomers.ts';
import type { Screen } from './screen.ts';
import { idOf, type Line, Wires } from './wires.ts';

type Connection = Socket['conn'];
/** A connection of Engine.IO, and what it has become. */
type Known = { readonly connection: Connection; readonly intake: Intake; screen: Screen | undefined };

/** The connections of Engine.IO below the screens: each has to become a screen in time, counts what comes in, and is ended if that is a flood. */
export class Connections implements Disposable {
  readonly wires: Wires;
  readonly #newcomers: Newcomers;
  readonly #known = new Map<string, Known>();

  /** Make it after Socket.IO is on the server; see `Wires`. */
  constructor(httpServer: HttpServer, path: string, newcomers: Newcomers, limits: Partial<NewcomerLimits>) {
    this.#newcomers = newcomers;
    this.wires = new Wires(httpServer, path, limits.greetingMilliseconds ?? GREETING_MILLISECONDS, (id) => this.#polled(id));
  }

  /** A new one. */
  come(connection: Connection): void {
    const known: Known = { connection, intake: new Intake(performance.now()), screen: undefined };
    const id = idOf(connection);
    this.#known.set(id, known);
    this.wires.adopt(connection);
    this.#newcomers.come(connection, () => this.#end(connection));
    connection.on('packet', (packet: Packet) => {
      if (!known.intake.take(packet, performance.now())) this.#endFlood(known);
    });
    connection.on('upgrade', () => this.wires.keep(connection));
    connection.once('close', () => {
      this.#known.delete(id);
      setTimeout(() => this.wires.lineOf(connection).cut(), GOODBYE_LINGER_MILLISECONDS).unref();
    });
  }

  /** It has said who it is. `undefined`: it has gone while that was looked at. */
  become(connection: Connection, make: (under: { readonly line: Line; readonly intake: Intake }) => Screen): Screen | undefined {
    const known = this.#known.get(idOf(connection));
    if (known === undefined) return undefined;
    known.screen = make({ line: this.wires.lineOf(connection), intake: known.intake });
    this.#newcomers.leave(connection);
    this.wires.keep(connection);
    return known.screen;
  }

  [Symbol.dispose](): void {
    this.wires[Symbol.dispose]();
  }

  #polled(id: string): void {
    const known = this.#known.get(id);
    if (known?.intake.takePoll(performance.now()) === false) this.#endFlood(known);
  }

  #endFlood({ connection, screen }: Known): void {
    if (screen === undefined) this.#end(connection);
    else screen.endFlood();
  }

  /** What it has sent by now is not looked at any more; a request that polls is answered. */
  #end(connection: Connection): void {
    const line = this.wires.lineOf(connection);
    connection.close(true);
    setImmediate(() => line.cut());
  }
}
