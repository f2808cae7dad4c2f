import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { TokenKeys } from '../../../src/accounts/token-keys.ts';
import { ClaimTokens } from '../../../src/gateway/security/claim-tokens.ts';
import { isFromOwnPage } from '../../../src/gateway/security/csrf.ts';
import { RateLimits } from '../../../src/gateway/security/rate-limits.ts';

const ID = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';

describe('claim tokens', () => {
  const tokens = new ClaimTokens(new TokenKeys('a secret'));
  test('a token names what it is for, and is the same every time', () => {
    assert.equal(tokens.holdOf(tokens.holdToken(ID)), ID);
    assert.equal(tokens.appointmentOf(tokens.manageToken(ID)), ID);
    assert.equal(tokens.holdToken(ID), tokens.holdToken(ID));
  });
  test('a hold token is no manage token, and the other way round', () => {
    assert.equal(tokens.appointmentOf(tokens.holdToken(ID)), undefined);
    assert.equal(tokens.holdOf(tokens.manageToken(ID)), undefined);
  });
  test('a token that was changed, cut or made with another secret is nothing', () => {
    const token = tokens.holdToken(ID);
    const others = [
      token.slice(0, -1),
      `${token}A`,
      token.replace(/^0/, '1'),
      ID,
      `${ID}.`,
      '.',
      '',
      `.${token}`,
      new ClaimTokens(new TokenKeys('another')).holdToken(ID),
    ];
    for (const other of others) assert.equal(tokens.holdOf(other), undefined, other);
  });
  test('after a rotation older tokens are good as long as their secret is listed, and new ones are made with the new secret', () => {
    const [before, after, without] = [new TokenKeys('a secret'), new TokenKeys('the next', ['a secret', 'yet another']), new TokenKeys('the next')];
    const old = new ClaimTokens(before).manageToken(ID);
    assert.equal(new ClaimTokens(after).appointmentOf(old), ID);
    assert.equal(new ClaimTokens(without).appointmentOf(old), undefined);
    assert.equal(new ClaimTokens(after).manageToken(ID), new ClaimTokens(without).manageToken(ID));
    assert.equal(new ClaimTokens(after).holdOf(old), undefined);
  });
  test('the token of a link that was sent with an earlier version is still the same', () => {
    const signature = createHmac('sha256', 'a secret').update(`manage:${ID}`).digest('base64url');
    assert.equal(tokens.manageToken(ID), `${ID}.${signature}`);
  });
});

describe('rate limits', () => {
  test('an address runs out, another does not; a user is counted apart from addresses, and so is a key', async () => {
    const limits = new RateLimits(0.05, null); // one login a minute, six claims
    const take = (address: string, principal: Parameters<RateLimits['take']>[2] = null) => limits.take('claim', address, principal);
    for (let left = 5; left >= 0; left -= 1) assert.deepEqual([(await take('10.0.0.1')).isAllowed, left], [true, left]);
    const refused = await take('10.0.0.1');
    assert.equal(refused.isAllowed, false);
    assert.ok(refused.resetSeconds >= 1 && refused.resetSeconds <= 60);
    assert.equal((await take('10.0.0.2')).isAllowed, true);
    const [user, key] = [await take('10.0.0.1', { userId: 'user', role: 'staff' }), await take('10.0.0.1', { userId: 'user', role: 'integration' })];
    assert.deepEqual([user.isAllowed, user.limit, key.isAllowed, key.limit], [true, 30, true, 60]);
    const others = [await take('10.0.0.1', { userId: 'another', role: 'staff' }), await take('10.0.0.1', { userId: 'another', role: 'integration' })];
    assert.deepEqual(
      others.map(({ remaining }) => remaining),
      [29, 59],
    );
  });
  test('the scale multiplies letters as well', async () => {
    assert.equal((await new RateLimits(1, null).takeLetter('somebody@example.org')).limit, 10);
    assert.equal((await new RateLimits(0.5, null).takeLetter('somebody@example.org')).limit, 5);
  });
  test('a network of one customer is one address', async () => {
    const limits = new RateLimits(0.05, null);
    await limits.take('login', '2001:db8:1:2::1', null);
    assert.equal((await limits.take('login', '2001:db8:1:2:ffff::9', null)).isAllowed, false);
    assert.equal((await limits.take('login', '2001:db8:1:3::1', null)).isAllowed, true);
  });
});

describe('a request that a cookie speaks for', () => {
  const ours = { host: 'example.org', 'x-requested-with': 'slotkeeper' };
  const none = { publicUrl: 'http://127.0.0.1:3000', corsOrigins: [] };
  const allowed = { ...none, corsOrigins: ['https://app.example.com'] };
  test('comes from a page of ours', () => {
    assert.ok(isFromOwnPage({ ...ours, 'sec-fetch-site': 'same-origin', origin: 'https://example.org' }, none));
    assert.ok(isFromOwnPage(ours, none));
  });
  test('has our header, which a form cannot send', () => assert.ok(!isFromOwnPage({ host: 'example.org', 'sec-fetch-site': 'same-origin' }, none)));
  test('does not come from another site', () => {
    assert.ok(!isFromOwnPage({ ...ours, 'sec-fetch-site': 'cross-site' }, none));
    assert.ok(!isFromOwnPage({ ...ours, 'sec-fetch-site': 'same-site' }, none));
    assert.ok(!isFromOwnPage({ ...ours, origin: 'https://evil.example' }, none));
    assert.ok(!isFromOwnPage({ ...ours, origin: 'null' }, none));
    assert.ok(!isFromOwnPage({ ...ours, 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' }, allowed), 'listed, but of another site');
  });
  test('does not come from an origin that only looks like one of ours', () => {
    for (const origin of ['https://evil.example.org', 'https://evilexample.org', 'https://example.org:8443', 'https://example.org.evil.example'])
      assert.ok(!isFromOwnPage({ ...ours, origin }, allowed), origin);
    for (const origin of ['https://app.example.com.evil.example', 'https://app.example.com:8443', 'http://app.example.com', 'https://example.com'])
      assert.ok(!isFromOwnPage({ ...ours, origin }, allowed), origin);
  });
  test('may come from an origin on the list', () =>
    assert.ok(isFromOwnPage({ ...ours, 'sec-fetch-site': 'same-site', origin: 'https://app.example.com' }, allowed)));
  test('comes from PUBLIC_URL, whatever a proxy says that the host is', () => {
    const behind = { host: '10.0.0.7:3000', 'x-requested-with': 'slotkeeper', 'sec-fetch-site': 'same-origin', origin: 'https://example.org' };
    assert.ok(isFromOwnPage(behind, { ...none, publicUrl: 'https://example.org' }));
    assert.ok(!isFromOwnPage(behind, none));
    for (const origin of ['http://example.org', 'https://example.org:8443', 'https://www.example.org'])
      assert.ok(!isFromOwnPage({ ...behind, origin }, { ...none, publicUrl: 'https://example.org' }), origin);
  });
});
