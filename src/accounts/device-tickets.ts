import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenKeys } from '../access/token-keys.ts';
import { DAY, type Instant, SECOND } from '../model/instant.ts';

/** After half a year without a login a device counts as new. */
export const DEVICE_TICKET_LIFE = 180 * DAY;
/** People who log in with one browser and are remembered there: a counter that a few share. */
export const MOST_TICKETS = 5;
const DEVICE_ID_BYTES = 12;

/**
 * What a login leaves on a device: that this user has logged in there. It opens nothing. It only gives the next login of that user there an allowance of wrong
 * passwords of its own, so nobody who guesses elsewhere makes its owner wait. `<user id>.<device id>.<seconds, base 36>.<HMAC-SHA256>`; nothing is stored.
 */
export class DeviceTickets {
  readonly #keys: TokenKeys;
  readonly #now: () => Instant;

  constructor(keys: TokenKeys, now: () => Instant) {
    this.#keys = keys;
    this.#now = now;
  }

  /** A device that is known keeps its id, and so what it has got wrong. */
  issue(userId: string, deviceId: string = randomBytes(DEVICE_ID_BYTES).toString('base64url')): string {
    const text = `${userId}.${deviceId}.${Math.floor(this.#now() / SECOND).toString(36)}`;
    return `${text}.${signature(this.#keys.current.deviceKey, text)}`;
  }

  /** The id of the device, if one of the tickets is of this user and has not expired. At most MOST_TICKETS are looked at. */
  deviceOf(tickets: readonly string[], userId: string): string | undefined {
    for (const ticket of tickets.slice(0, MOST_TICKETS)) {
      const [user, deviceId, seconds = '', signed = '', ...rest] = ticket.split('.');
      if (user !== userId || deviceId === undefined || rest.length > 0) continue;
      if (!(Number.parseInt(seconds, 36) * SECOND + DEVICE_TICKET_LIFE > this.#now())) continue;
      const text = `${user}.${deviceId}.${seconds}`;
      if (this.#keys.all.some(({ deviceKey }) => isSame(signature(deviceKey, text), signed))) return deviceId;
    }
    return undefined;
  }
}

function signature(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [ours, theirs] = [Buffer.from(one), Buffer.from(other)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
