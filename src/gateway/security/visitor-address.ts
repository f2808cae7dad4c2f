import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Where a request comes from: as many hops before the last proxy as there are proxies that are believed. What a proxy has written is a text:
 * a port behind the address is left out, so that it is not counted as another visitor; and where there is no address, it is the proxy that asks.
 */
export function visitorAddress({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies: number): string {
  const nearest = socket.remoteAddress ?? '';
  if (trustedProxies === 0) return nearest;
  const hops = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '');
  return addressIn(hops[Math.max(0, hops.length - trustedProxies)] ?? '') ?? nearest;
}

/** As in `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1` and `[2001:db8::1]:5678`. */
function addressIn(hop: string): string | undefined {
  const [, bracketed, dotted] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(hop) ?? [];
  const address = bracketed ?? dotted ?? hop;
  return isIP(address) === 0 ? undefined : address;
}
