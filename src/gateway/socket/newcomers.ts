import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { addressGroup } from '../../accounts/address-group.ts';
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
  readonly #limits: NewcomerLimits;
  readonly #groupOf: (request: IncomingMessage) => string;
  readonly #waiting = new Map<Connection, string>();
  readonly #byAddress = new Map<string, number>();

  constructor({ config }: GatewayContext, limits: Partial<NewcomerLimits>) {
    this.#limits = { most: MAX_NEWCOMERS, mostPerAddress: MAX_NEWCOMERS_PER_ADDRESS * config.rateLimitScale, ...limits };
    this.#groupOf = (request) => addressGroup(visitorAddress(request, config.trustedProxies));
  }

  /** Whether another one may come from where this request comes from. */
  hasRoomFor(request: IncomingMessage): boolean {
    return this.#waiting.size < this.#limits.most && (this.#byAddress.get(this.#groupOf(request)) ?? 0) < this.#limits.mostPerAddress;
  }

  /** A connection that may still become a screen; it counts until `leave`, or until it is closed. */
  come(connection: Connection): void {
    const group = this.#groupOf(connection.request);
    this.#waiting.set(connection, group);
    this.#byAddress.set(group, (this.#byAddress.get(group) ?? 0) + 1);
    connection.once('close', () => this.leave(connection));
  }

  leave(connection: Connection): void {
    const group = this.#waiting.get(connection);
    if (group === undefined) return;
    this.#waiting.delete(connection);
    const left = (this.#byAddress.get(group) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(group, left);
    else this.#byAddress.delete(group);
  }
}
