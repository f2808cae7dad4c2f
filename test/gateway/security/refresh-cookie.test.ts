import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clearCookie, isBrowser, refreshCookie, refreshTokenIn } from '../../../src/gateway/security/refresh-cookie.ts';

const HTTP = { publicUrl: 'http://127.0.0.1:3000' };
const HTTPS = { publicUrl: 'https://example.org' };
const PREFIXED = '__Host-slotkeeper_refresh';
const PLAIN = 'slotkeeper_refresh';
const OLDER = 'x'.repeat(43);
const NEWER = `slr_${OLDER}`;

const attributesOf = (cookie: string | undefined) => cookie?.split('; ');
const tokenIn = (cookie: string | undefined, place = HTTPS) => refreshTokenIn({ ...(cookie !== undefined && { cookie }) }, place);

describe('the cookie of a refresh token', () => {
  test('over http is for the routes that need it, and out of the reach of scripts', () => {
    const [cookie, ...others] = refreshCookie(HTTP, 'secret')['Set-Cookie'];
    assert.deepEqual(attributesOf(cookie), [`${PLAIN}=secret`, 'Path=/v1/auth', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict']);
    assert.deepEqual(others, []);
  });
  test('over https has the name that no other host can set, and takes the one of earlier versions away', () => {
    const [cookie, older] = refreshCookie(HTTPS, 'secret')['Set-Cookie'];
    assert.deepEqual(attributesOf(cookie), [`${PREFIXED}=secret`, 'Path=/', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict', 'Secure']);
    assert.deepEqual(attributesOf(older), [`${PLAIN}=`, 'Path=/v1/auth', 'Max-Age=0', 'HttpOnly', 'SameSite=Strict']);
  });
  test('is taken away with the attributes it was given with', () => {
    for (const place of [HTTP, HTTPS]) {
      const [, ...others] = attributesOf(refreshCookie(place, 'secret')['Set-Cookie'][0]) ?? [];
      const [, ...cleared] = attributesOf(clearCookie(place)['Set-Cookie'][0]) ?? [];
      assert.deepEqual(cleared, others.with(1, 'Max-Age=0'));
    }
  });
  test('is for browsers: they say where a request comes from, or that a page of ours has sent it', () => {
    assert.ok(isBrowser({ 'sec-fetch-site': 'same-origin' }));
    assert.ok(isBrowser({ 'x-requested-with': 'slotkeeper' }), 'over http to another machine browsers do not say where from');
    assert.ok(!isBrowser({ 'user-agent': 'Mozilla/5.0', cookie: 'slotkeeper_refresh=secret' }));
  });
});

describe('the refresh token that a browser sends', () => {
  test('is found among other cookies, and is none where it is empty or not there', () => {
    assert.equal(tokenIn(`other=1; ${PREFIXED}=${NEWER};last=2`), NEWER);
    assert.equal(tokenIn(`other=1;${PLAIN}=${NEWER}`, HTTP), NEWER);
    for (const cookie of [undefined, '', 'other=1', `${PREFIXED}=`, `${PREFIXED}`, `x${PREFIXED}=${NEWER}`, `=${PREFIXED}=${NEWER}`, PREFIXED.toLowerCase()])
      assert.equal(tokenIn(cookie), null, cookie ?? 'none');
  });
  test('is none where two cookies have its name, since nobody can tell which is ours', () => {
    assert.equal(tokenIn(`${PREFIXED}=${NEWER}; ${PREFIXED}=slr_other`), null);
    assert.equal(tokenIn(`${PREFIXED}=${NEWER}; ${PREFIXED}=`), null);
    assert.equal(tokenIn(`${PLAIN}=slr_other; ${PLAIN}=${NEWER}`, HTTP), null);
    assert.equal(tokenIn(`${PLAIN}=${OLDER}; ${PLAIN}=${'y'.repeat(43)}`), null);
  });
  test('over https is never read from the name that a neighbour can set, but for tokens of earlier versions', () => {
    assert.equal(tokenIn(`${PLAIN}=${NEWER}`), null, 'made after the upgrade, so it was put there');
    assert.equal(tokenIn(`${PLAIN}=${OLDER}`), OLDER);
    assert.equal(tokenIn(`${PLAIN}=${OLDER}; ${PREFIXED}=${NEWER}`), NEWER);
    assert.equal(tokenIn(`${PLAIN}=${OLDER}; ${PREFIXED}=`), null, 'a name that is there decides');
  });
  test('over http is not read from the prefixed name', () => assert.equal(tokenIn(`${PREFIXED}=${NEWER}`, HTTP), null));
});
