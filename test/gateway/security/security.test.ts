import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { ClaimTokens } from '../../../src/access/claim-tokens.ts';
import { TokenKeys } from '../../../src/access/token-keys.ts';
import { isFromOwnPage } from '../../../src/gateway/security/csrf.ts';
import { RateLimits } from '../../../src/limits/rate-limits.ts';

const ID = '0199d2a4-7c1e-7b3a-9d51-3f6f0a1c2b3d';

describe('claim tokens', () => {
  const tokens = new ClaimTokens(new TokenKeys('a secret'));
  test('a token names what it is for, and is the same every time', () => {
    assert.equal(tokens.holdOf(tokens.holdToken(ID)), ID);
    assert.equal(tokens.appointmentOf(tokens.manageToken(ID))?.id, ID);
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
    assert.deepEqual(new ClaimTokens(after).appointmentOf(old), { id: ID, corrections: 0 });
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
  test('the scale multiplies e-mails as well', async () => {
    assert.equal((await new RateLimits(1, null).takeEmail('somebody@example.org', '10.0.0.1')).limit, 10);
    assert.equal((await new RateLimits(0.5, null).takeEmail('somebody@example.org', '10.0.0.1')).limit, 5);
  });
  test('who is logged in is counted by address too, with more than one person may: registering a thousand accounts gets no more', async () => {
    const limits = new RateLimits(0.05, null); // thirty claims a minute for a user, so a hundred and fifty for all at one address
    let allowed = 0;
    for (let account = 0; account < 20; account += 1)
      for (let count = 0; count < 30; count += 1)
        if ((await limits.take('claim', '10.0.0.1', { userId: `${account}`, role: 'customer' })).isAllowed) allowed += 1;
    assert.equal(allowed, 150);
    const refused = await limits.take('claim', '10.0.0.1', { userId: 'the next', role: 'customer' });
    assert.deepEqual([refused.isAllowed, refused.name, refused.limit], [false, 'claim-people', 150]);
    assert.equal((await limits.take('claim', '10.0.0.2', { userId: 'the next', role: 'customer' })).isAllowed, true);
    assert.equal((await limits.take('claim', '10.0.0.1', { userId: 'a program', role: 'integration' })).isAllowed, true);
    assert.equal((await limits.take('claim', '10.0.0.1', null)).isAllowed, true);
  });
  test('a /56 may half as much again as a /64, and a /48 twice as much, however many networks are in it', async () => {
    const limits = new RateLimits(0.1, null); // twelve claims a minute
    const takeAll = async (addresses: (count: number) => string) => {
      let allowed = 0;
      for (let count = 0; count < 100; count += 1) if ((await limits.take('claim', addresses(count), null)).isAllowed) allowed += 1;
      return allowed;
    };
    assert.equal(await takeAll((host) => `2001:db8:1::${host.toString(16)}`), 12);
    assert.equal(await takeAll((network) => `2001:db8:2:${network.toString(16)}::1`), 18);
    assert.equal(await takeAll((network) => `2001:db8:3:${network.toString(16)}00::1`), 24);
    assert.equal((await limits.take('claim', '2001:db8:4::1', null)).isAllowed, true);
  });
  test('what one line is refused takes nothing from its neighbours', async () => {
    const limits = new RateLimits(0.1, null);
    for (let count = 0; count < 100; count += 1) await limits.take('claim', '2001:db8:1::1', null);
    for (let count = 0; count < 6; count += 1) assert.equal((await limits.take('claim', '2001:db8:1:1::1', null)).isAllowed, true);
    assert.equal((await limits.take('claim', '2001:db8:1:1::1', null)).name, 'claim-address-56');
  });
  test('a request that costs more takes more, and all there is if that is not enough', async () => {
    const limits = new RateLimits(0.1, null);
    assert.equal((await limits.take('claim', '10.0.0.1', null, 5)).remaining, 7);
    assert.equal((await limits.take('claim', '10.0.0.1', null, 8)).isAllowed, false);
    assert.deepEqual(await limits.take('claim', '10.0.0.2', null, 1_000).then(({ isAllowed, remaining }) => [isAllowed, remaining]), [true, 0]);
  });
  test('e-mails are counted by who asks for them and by the whole installation, too', async () => {
    const limits = new RateLimits(0.1, null); // two an hour from one address, fifty in all
    const ask = (address: number) => limits.takeEmail(`${address}@example.org`, `10.0.0.${address}`);
    const limitsOf = async (address: number) => (await ask(address)).name;
    for (let count = 0; count < 2; count += 1) assert.equal((await limits.takeEmail(`stranger-${count}@example.org`, '10.0.0.99')).isAllowed, true);
    const refused = await limits.takeEmail('stranger@example.org', '10.0.0.99');
    assert.deepEqual([refused.isAllowed, refused.name, refused.limit, refused.window.name], [false, 'account-email-address', 2, 'an hour']);
    for (let address = 0; address < 48; address += 1) assert.equal((await ask(address)).isAllowed, true);
    const all = await ask(50);
    assert.deepEqual([all.isAllowed, all.name, all.limit, all.isNews], [false, 'emails-an-hour', 50, true]);
    assert.equal(await limitsOf(51), 'emails-an-hour');
    assert.equal((await ask(52)).isNews, false);
  });
  test('a network of one customer is one address', async () => {
    const limits = new RateLimits(0.05, null);
    await limits.take('login', '2001:db8:1:2::1', null);
    assert.equal((await limits.take('login', '2001:db8:1:2:ffff::9', null)).isAllowed, false);
    assert.equal((await limits.take('login', '2001:db8:2:3::1', null)).isAllowed, true);
  });
});

describe('a request that a cookie speaks for', () => {
  const ours = { host: 'example.org', 'x-requested-with': 'slotkeeper' };
  const none = { publicUrl: 'https://example.org', corsOrigins: [] };
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
    assert.ok(isFromOwnPage(behind, none));
    assert.ok(!isFromOwnPage(behind, { ...none, publicUrl: 'http://127.0.0.1:3000' }));
    for (const origin of ['http://example.org', 'https://example.org:8443', 'https://www.example.org'])
      assert.ok(!isFromOwnPage({ ...behind, origin }, none), origin);
  });
  test('comes from the whole of an origin: over http is another one than over https, also where the host is the same', () => {
    assert.ok(!isFromOwnPage({ ...ours, origin: 'http://example.org' }, none));
    assert.ok(isFromOwnPage({ ...ours, host: 'www.example.org', origin: 'https://www.example.org' }, none), 'a second name, served like the first');
    assert.ok(!isFromOwnPage({ ...ours, host: 'www.example.org', origin: 'http://www.example.org' }, none));
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000']) {
      assert.ok(isFromOwnPage({ ...ours, host, origin: `http://${host}` }, none), host);
      for (const origin of [`https://${host}`, 'http://localhost', 'http://127.0.0.1', 'http://[::1]:3001'])
        assert.ok(!isFromOwnPage({ ...ours, host, origin }, none), `${host} ${origin}`);
    }
  });
});
