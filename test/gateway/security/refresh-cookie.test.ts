import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clearCookie, isBrowser, refreshCookie } from '../../../src/gateway/security/refresh-cookie.ts';

const attributesOf = ({ 'Set-Cookie': cookie }: { readonly 'Set-Cookie': string }) => cookie.split('; ');

describe('the cookie of a refresh token', () => {
  test('is for the routes that need it, for pages of ours, and out of the reach of scripts', () =>
    assert.deepEqual(attributesOf(refreshCookie({ publicUrl: 'http://127.0.0.1:3000' }, 'secret')), [
      'slotkeeper_refresh=secret',
      'Path=/v1/auth',
      'Max-Age=2592000',
      'HttpOnly',
      'SameSite=Strict',
    ]));
  test('never leaves without TLS where the server is asked over it', () =>
    assert.deepEqual(attributesOf(refreshCookie({ publicUrl: 'https://example.org' }, 'secret')).at(-1), 'Secure'));
  test('is taken away with the attributes it was given with', () => {
    const place = { publicUrl: 'https://example.org' };
    const [, ...others] = attributesOf(refreshCookie(place, 'secret'));
    assert.deepEqual(attributesOf(clearCookie(place)), ['slotkeeper_refresh=', ...others.with(1, 'Max-Age=0')]);
  });
  test('is for browsers: they say where a request comes from, or that a page of ours has sent it', () => {
    assert.ok(isBrowser({ 'sec-fetch-site': 'same-origin' }));
    assert.ok(isBrowser({ 'x-requested-with': 'slotkeeper' }), 'over http to another machine browsers do not say where from');
    assert.ok(!isBrowser({ 'user-agent': 'Mozilla/5.0', cookie: 'slotkeeper_refresh=secret' }));
  });
});
