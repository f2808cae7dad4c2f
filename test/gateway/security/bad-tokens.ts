// Access tokens that are nearly good, each wrong in one way.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { TokenKeys } from '../../../src/access/token-keys.ts';
import { readAccessToken, signAccessToken } from '../../../src/accounts/access-tokens.ts';
import { instant } from '../../../src/model/instant.ts';
import { timeNow } from '../../support/clock.ts';
import { TEST_SECRET } from '../../support/test-server.ts';
import type { Cast, CastMember } from '../cast.ts';
import { TEST_KEYS } from '../socket/test-screen.ts';
import { logIn } from './subjects.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;

/** By what is wrong with them. The session of `account` is one of its own, and has ended. */
export async function badTokensOf(cast: Cast, account: CastMember): Promise<Readonly<Record<string, string>>> {
  const good = cast.tokenOf[account];
  const [header = '', payload = '', signature = ''] = good.split('.');
  const person = readAccessToken(good, TEST_KEYS);
  if (person === undefined) throw new Error('the token is not good');
  const signed = (changes: object, algorithm = 'sha256', claims = payload) => {
    const body = `${encode({ ...decode(header), ...changes })}.${claims}`;
    return `${body}.${createHmac(algorithm, TEST_KEYS.current.accessKey).update(body).digest('base64url')}`;
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const rsaBody = `${encode({ ...decode(header), alg: 'RS256' })}.${payload}`;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const ended = await logIn(cast, account);
  await cast.ask('POST', '/v1/auth/logout', { token: ended.accessToken, body: { refreshToken: ended.refreshToken } });
  return {
    expired: signAccessToken({ ...person, expiresAt: instant(timeNow() - 1_000) }, instant(timeNow() - 60_000), TEST_KEYS),
    foreign: signAccessToken(person, instant(timeNow()), new TokenKeys('x'.repeat(32))),
    'with another payload': `${header}.${encode({ ...decode(payload), role: 'owner', name: 'Eve' })}.${signature}`,
    'without a signature': `${header}.${payload}.`,
    'of alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'of alg none, but signed': signed({ alg: 'none' }),
    'of HS512': signed({ alg: 'HS512' }, 'sha512'),
    'of HS256 that says RS256': signed({ alg: 'RS256' }),
    'of RS256': `${rsaBody}.${sign('sha256', Buffer.from(rsaBody), privateKey).toString('base64url')}`,
    'of HS256 with a public key for a secret': `${header}.${payload}.${createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url')}`,
    'of another type': signed({ typ: 'at+jwt' }),
    'with another key id': signed({ kid: '../../../dev/null' }),
    'without a key id, but of a derived key': signed({ kid: undefined }),
    'with a key of its own': signed({ jwk: { kty: 'oct', k: Buffer.from(TEST_SECRET).toString('base64url') } }),
    'of a role there is not': signed({}, 'sha256', encode({ ...decode(payload), role: 'admin' })),
    'of a session that has ended': ended.accessToken,
    'with something after it': `${good}.x`,
    'that is none': 'nonsense',
    'of an API key there is not': `slk_${'A'.repeat(43)}`,
    'of an API key that is cut': cast.tokenOf['a program for everything'].slice(0, -1),
  };
}
