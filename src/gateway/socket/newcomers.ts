import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { AddressPlaces } from '../../accounts/address-places.ts';
import type { GatewayConfig } from '../parts.ts';
import { visitorAddress } from '../security/visitor-address.ts';
import { GREETING_MILLISECONDS, MAX_NEWCOMERS, MAX_NEWCOMERS_PER_ADDRESS } from './limits.ts';

type Connection = Socket['conn'];
export type NewcomerLimits = { readonly most: number; readonly mostPerAddress: number; readonly greetingMilliseconds: number };

/**
 * Connections that have been opened and have not said who they are. Opening one costs its maker a single request, which no allowance is taken for yet,
 * so there are only so many of them, in all and from one address, each for a few seconds. One that is silent for longer is given up.
 */
export class Newcomers {
  readonly #most: number;
  readonly #greetingMilliseconds: number;
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #waiting = new Map<Connection, { readonly leavePlace: () => void; readonly deadline: NodeJS.Timeout }>();
  readonly #places: AddressPlaces;

  constructor({ config }: { readonly config: GatewayConfig }, limits: Partial<NewcomerLimits>) {
    this.#most = limits.most ?? MAX_NEWCOMERS;
    this.#greetingMilliseconds = limits.greetingMilliseconds ?? GREETING_MILLISECONDS;
    this.#places = new AddressPlaces(limits.mostPerAddress ?? MAX_NEWCOMERS_PER_ADDRESS * config.rateLimitScale);
    this.#addressOf = (request) => visitorAddress(request, config.trustedProxies);
  }

  /** Whether another one may come from where this request comes from. */
  hasRoomFor(request: IncomingMessage): boolean {
    return this.#waiting.size < this.#most && this.#places.hasRoomFor(this.#addressOf(request));
  }

  /** A connection that may still become a screen; it counts until `leave`, until it is closed, or until it is given up. */
  come(connection: Connection, giveUp: () => void): void {
    const deadline = setTimeout(() => {
      this.leave(connection);
      giveUp();
    }, this.#greetingMilliseconds);
    this.#waiting.set(connection, { leavePlace: this.#places.take(this.#addressOf(connection.request)), deadline });
    connection.once('close', () => this.leave(connection));
  }

  leave(connection: Connection): void {
    const newcomer = this.#waiting.get(connection);
    clearTimeout(newcomer?.deadline);
    newcomer?.leavePlace();
    this.#waiting.delete(connection);
  }
}
