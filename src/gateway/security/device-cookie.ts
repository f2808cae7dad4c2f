// Where a browser keeps that people have logged in with it: see `accounts/device-tickets.ts`.
import type { IncomingHttpHeaders } from 'node:http';
import { DEVICE_TICKET_LIFE, MOST_TICKETS } from '../../accounts/device-tickets.ts';
import { SECOND } from '../../model/instant.ts';
import { type CookieKind, isOverTls, setCookie, valuesOf } from './cookies.ts';

const PREFIXED: CookieKind = { name: '__Host-slotkeeper_device', path: '/', isSecure: true };
const PLAIN: CookieKind = { name: 'slotkeeper_device', path: '/v1/auth', isSecure: false };
const BETWEEN_TICKETS = '~';

type Place = { readonly publicUrl: string };

/** The tickets in it, newest first. One that somebody else has put there is signed by nobody and does no harm. */
export function deviceTicketsIn({ cookie }: IncomingHttpHeaders, place: Place): readonly string[] {
  return valuesOf(cookie, kindAt(place)).flatMap((value) => value.split(BETWEEN_TICKETS));
}

/** With the ticket of the user who has just logged in, and those of others who use the same browser. */
export function deviceCookie(headers: IncomingHttpHeaders, place: Place, ticket: string): string {
  const [userId] = ticket.split('.');
  const others = deviceTicketsIn(headers, place).filter((other) => !other.startsWith(`${userId}.`));
  return setCookie(kindAt(place), [ticket, ...others].slice(0, MOST_TICKETS).join(BETWEEN_TICKETS), DEVICE_TICKET_LIFE / SECOND);
}

function kindAt(place: Place): CookieKind {
  return isOverTls(place) ? PREFIXED : PLAIN;
}
