import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { AddressPlaces } from '../../accounts/address-places.ts';
import type { GatewayContext } from '../context.ts';
import { visitorAddress } from '../security/visitor-address.ts';
import { MAX_NEWCOMERS, MAX_NEWCOMERS_PER_ADDRESS } from './limits.ts';

type Connection = Socket['conn'];
export type NewcomerLimits = { readonly most: number; readonly mostPerAddress: number };

/**
 * Connections that have been opened and have not said who they are. Opening one costs its maker a single request, which no allowance is taken for yet,
 * so there are only so many of them, in all and from one address.
 */
export class Newcomers {
  readonly #most: number;
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #waiting = new Map<Connection, () => void>();
  readonly #places: AddressPlaces;

  constructor({ config }: GatewayContext, limits: Partial<NewcomerLimits>) {
    this.#most = limits.most ?? MAX_NEWCOMERS;
    this.#places = new AddressPlaces(limits.mostPerAddress ?? MAX_NEWCOMERS_PER_ADDRESS * config.rateLimitScale);
    this.#addressOf = (request) => visitorAddress(request, config.trustedProxies);
  }

  /** Whether another one may come from where this request comes from. */
  hasRoomFor(request: IncomingMessage): boolean {
    return this.#waiting.size < this.#most && this.#places.hasRoomFor(this.#addressOf(request));
  }

  /** A connection that may still become a screen; it counts until `leave`, or until it is closed. */
  come(connection: Connection): void {
    this.#waiting.set(connection, this.#places.take(this.#addressOf(connection.request)));
    connection.once('close', () => this.leave(connection));
  }

  leave(connection: Connection): void {
    this.#waiting.get(connection)?.();
    this.#waiting.delete(connection);
  }
}
