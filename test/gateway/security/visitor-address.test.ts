import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { visitorAddress } from '../../../src/gateway/security/visitor-address.ts';

const PROXY = '10.0.0.9';
/** Of a request that the proxy has passed on. */
function seenBehind(trustedProxies: number, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return visitorAddress({ headers, socket: { remoteAddress: PROXY } as Socket }, trustedProxies);
}

test('without proxies that are believed, nobody says where they come from', () => {
  assert.equal(seenBehind(0, '192.0.2.1'), PROXY);
});

test('as many hops are believed as there are proxies, counted from the server', () => {
  assert.equal(seenBehind(1, '192.0.2.66, 192.0.2.1'), '192.0.2.1');
  assert.equal(seenBehind(2, '192.0.2.66, 192.0.2.1 , 10.0.0.8'), '192.0.2.1');
  assert.equal(seenBehind(3, '192.0.2.1, 10.0.0.8'), '192.0.2.1');
});

test('a port behind an address makes nobody another visitor', () => {
  for (const port of ['1', '50312']) {
    assert.equal(seenBehind(1, `192.0.2.1:${port}`), '192.0.2.1');
    assert.equal(seenBehind(1, `[2001:db8::1]:${port}`), '2001:db8::1');
  }
  for (const address of ['2001:db8::1', '[2001:db8::1]']) assert.equal(seenBehind(1, address), '2001:db8::1');
});

test('where a proxy has written no address, the proxy is the visitor', () => {
  for (const text of [undefined, '', ' , ', 'unknown', '_hidden', '192.0.2.1:80:90', '192.0.2.256', '[::1', 'x'.repeat(5_000)])
    assert.equal(seenBehind(1, text), PROXY);
});
