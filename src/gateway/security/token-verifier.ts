import { Passport } from 'passport';
import { Strategy } from 'passport-jwt';
import type { Principal } from '../../access/principal.ts';
import type { TokenKeys } from '../../access/token-keys.ts';
import { keyOfAccessToken } from '../../accounts/access-tokens.ts';
import { type ApiKeys, looksLikeApiKey } from '../../accounts/api-keys.ts';

/** The accounts, as far as tokens are concerned. */
export type TokenAccounts = {
  readonly keys: TokenKeys;
  /** Reads a token and checks everything. */
  verify(accessToken: string): Principal | undefined;
  /** What may change about a token that was good: its time and its session. */
  isCurrent(principal: Principal): boolean;
  readonly apiKeys: Pick<ApiKeys, 'verify' | 'isStranger'>;
};

/** About 1.5 kB each. More users than this at one time only means that some tokens are checked afresh. */
const MOST_REMEMBERED = 10_000;

/** What passport takes for a request: a token, from wherever it came. */
type Shown = { readonly token: string };
type Outcome = (failure: unknown, principal?: Principal | false) => void;

/**
 * Who an access token or an API key speaks for, over REST and over sockets. passport-jwt checks a token once, which takes a tenth of a millisecond and more; after that
 * only what can change is looked at: whether its time has run out, and whether its session has ended.
 */
export class TokenVerifier {
  readonly #accounts: TokenAccounts;
  readonly #most: number;
  readonly #passport = new Passport();
  /** In order of first use; the oldest goes first when it is full. */
  readonly #remembered = new Map<string, Principal>();

  constructor(accounts: TokenAccounts, most: number = MOST_REMEMBERED) {
    this.#accounts = accounts;
    this.#most = most;
    this.#passport.use(strategyOf(accounts));
  }

  /** How many tokens are remembered. */
  get size(): number {
    return this.#remembered.size;
  }

  /** Whether `verify` has to ask the database about somebody it knows nothing of. Access tokens are judged without it. */
  hasToLookUp(token: string): boolean {
    return looksLikeApiKey(token) && this.#accounts.apiKeys.isStranger(token);
  }

  /** `undefined` for a token that is not ours, has expired, or whose session has ended. */
  async verify(token: string): Promise<Principal | undefined> {
    if (looksLikeApiKey(token)) return this.#accounts.apiKeys.verify(token);
    const remembered = this.#remembered.get(token);
    const principal = remembered ?? (await this.#check(token));
    if (principal === undefined) return undefined;
    if (!this.#accounts.isCurrent(principal)) {
      this.#remembered.delete(token);
      return undefined;
    }
    if (remembered === undefined) this.#remember(token, principal);
    return principal;
  }

  #check(token: string): Promise<Principal | undefined> {
    const shown: Shown = { token };
    return new Promise((resolve, reject) => {
      const outcome: Outcome = (failure, principal) => (failure ? reject(failure) : resolve(principal || undefined));
      this.#passport.authenticate('jwt', { session: false }, outcome)(shown);
    });
  }

  #remember(token: string, principal: Principal): void {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= this.#most && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(token, principal);
  }
}

/** Expiry is left to the accounts, which have the time of the database: the clocks of nodes need not agree. */
function strategyOf(accounts: TokenAccounts): Strategy {
  return new Strategy(
    {
      jwtFromRequest: ({ token }: Shown) => token,
      secretOrKeyProvider: (_shown: Shown, token: string, done: (failure: Error | null, key?: Buffer) => void) => {
        const key = keyOfAccessToken(token, accounts.keys);
        if (key === undefined) done(new Error('signed with none of our keys'));
        else done(null, key.export());
      },
      algorithms: ['HS256'],
      ignoreExpiration: true,
      passReqToCallback: true,
    },
    ({ token }: Shown, _claims: unknown, done: Outcome) => done(null, accounts.verify(token) ?? false),
  );
}
