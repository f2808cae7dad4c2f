import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Integration } from '../access/principal.ts';
import { ReadFailure } from '../actors/ports.ts';
import { RecentMap } from '../actors/recent-map.ts';
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import { DAY, type Instant, instant, MINUTE } from '../model/instant.ts';
import type { AccountStore, AccountTransaction } from './account-store-port.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { hashOfToken } from './secret-tokens.ts';
import type { ApiKey, StoredKey } from './stored-accounts.ts';

/** Every key begins with it, so that a scanner for leaked secrets finds one. No JWT does. */
const KEY_PREFIX = 'slk_';
/** What is shown of a key afterwards: enough to tell keys apart, nothing to guess the rest from. */
const SHOWN_CHARACTERS = 8;
const SECRET_BYTES = 32;
/** A key that nobody thinks of any more ends by itself. */
export const USUAL_KEY_LIFE = 365 * DAY;
/** A business has a handful of programs; more than this is a program that makes keys. */
export const MOST_KEYS = 200;
/** A key that is good is looked up again after this long, so a node that has not heard that it was revoked takes it no longer. */
const LOOKED_UP_EVERY = MINUTE;
/** Keys remembered at once. One that is pushed out is looked up again. */
const MOST_REMEMBERED = 1_000;
/**
 * A key that is none is not looked up again for as long. No key comes into being after it was shown, since nobody can guess one; this is for a backup
 * that is put back.
 */
const UNKNOWN_FOR = MINUTE;
/** Unknown keys remembered, twice as many at most: about 200 bytes each. Of more, those shown longest ago are looked up again. */
const MOST_UNKNOWN_REMEMBERED = 5_000;
/** Keys that are looked up in one question. */
const MOST_AT_ONCE = 256;
/** Between two questions. So all bad keys together, from however many addresses, cost the database fifty questions a second at most, and one connection. */
const PAUSE_MILLISECONDS = 20;
/** Keys that wait to be looked up: a second's worth. Further ones are `overloaded`. */
const MOST_WAITING = 10_000;
/** What a key looks like; nothing else is looked up. */
const KEY = /^slk_[\w-]{43}$/;

export type NewKey = Pick<ApiKey, 'name' | 'scopes' | 'locationId'> & { readonly id?: string | undefined; readonly expiresAt?: Instant | null | undefined };

type Remembered = { readonly principal: Integration; readonly until: Instant };
type Wanted = ReturnType<typeof Promise.withResolvers<Integration | undefined>>;
type Settings = { readonly now: () => Instant };

export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(KEY_PREFIX);
}

/** Keys with which programs come in. They have scopes instead of a role; see `access/permissions.ts`. */
export class ApiKeys {
  readonly #store: AccountStore;
  readonly #now: () => Instant;
  /** A key that is revoked ends like a session, on every node and with its sockets; its id is that of the session. */
  readonly #ended: EndedSessions;
  /** By hash, in the order in which they were looked up; the oldest goes first when it is full. */
  readonly #remembered = new Map<string, Remembered>();
  /** By hash: until when a key that was none is not looked up again. */
  readonly #unknown = new RecentMap<string, Instant>(MOST_UNKNOWN_REMEMBERED);
  /** Who waits for which key, by hash; and those that have not been asked about yet, in their order. */
  readonly #wanted = new Map<string, Wanted>();
  readonly #waiting: string[] = [];
  #isLooking = false;

  constructor(store: AccountStore, { now }: Settings, ended: EndedSessions) {
    this.#store = store;
    this.#now = now;
    this.#ended = ended;
  }

  list(): Promise<readonly ApiKey[]> {
    return this.#store.apiKeys();
  }

  find(id: string): Promise<ApiKey | undefined> {
    return this.#store.changing((transaction) => transaction.apiKey(id));
  }

  /** `key` is told now and never again. */
  async add(asked: NewKey, source: AuditSource): Promise<{ readonly apiKey: ApiKey; readonly key: string } | 'id-in-use' | 'too-many'> {
    const { id = randomUUIDv7(), name, scopes, locationId } = asked;
    const createdAt = this.#now();
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const key = KEY_PREFIX + secret;
    const expiresAt = asked.expiresAt === undefined ? instant(createdAt + USUAL_KEY_LIFE) : asked.expiresAt;
    const prefix = key.slice(0, KEY_PREFIX.length + SHOWN_CHARACTERS);
    const apiKey: ApiKey = { id, name, prefix, scopes: [...new Set(scopes)], locationId, createdAt, expiresAt, lastUsedAt: null };
    const outcome = await this.#store.changing((transaction) => addKey(transaction, { ...apiKey, keyHash: hashOfToken(key) }, source));
    return outcome === 'added' ? { apiKey, key } : outcome;
  }

  /** It is refused from now on, and its sockets are closed, on every node. */
  async remove(id: string, source: AuditSource): Promise<'removed' | 'not-found'> {
    const wasThere = await this.#store.changing(async (transaction) => {
      const key = await transaction.apiKey(id);
      if (key === undefined || !(await transaction.dropApiKey(id))) return false;
      await transaction.addAuditEntry(auditEntry(source, this.#now(), { action: 'api-key.removed', subject: subjectOf(key), before: termsOf(key) }));
      return true;
    });
    // Also where it had gone already: the answer that should have told of it may have been lost.
    this.#ended.end([id]);
    return wasThere ? 'removed' : 'not-found';
  }

  /**
   * Whether the database has to be asked about this key, which has not been seen to be good. One that was is looked up now and then for free; for any
   * other ask first whether the caller may have something looked up.
   */
  isStranger(key: string): boolean {
    if (!KEY.test(key)) return false;
    const keyHash = hashOfToken(key);
    return !this.#remembered.has(keyHash) && !this.#isUnknown(keyHash);
  }

  /** Who a key speaks for; `undefined` if it is none of ours, has expired or was revoked. */
  async verify(key: string): Promise<Integration | undefined> {
    if (!KEY.test(key)) return undefined;
    const keyHash = hashOfToken(key);
    const now = this.#now();
    if (this.#isUnknown(keyHash)) return undefined;
    const known = this.#remembered.get(keyHash);
    const principal = known !== undefined && now < known.until ? known.principal : await this.#lookUp(keyHash);
    if (principal === undefined || principal.expiresAt <= now || this.#ended.has(principal.sessionId)) return undefined;
    return principal;
  }

  #isUnknown(keyHash: string): boolean {
    return this.#now() < (this.#unknown.get(keyHash) ?? 0);
  }

  /** Requests with the same key meanwhile wait for the same answer. */
  #lookUp(keyHash: string): Promise<Integration | undefined> {
    const already = this.#wanted.get(keyHash);
    if (already !== undefined) return already.promise;
    const isKnown = this.#remembered.has(keyHash);
    if (!isKnown && this.#waiting.length >= MOST_WAITING) return Promise.reject(new ReadFailure('too many API keys wait to be looked up'));
    const wanted = Promise.withResolvers<Integration | undefined>();
    this.#wanted.set(keyHash, wanted);
    // A key that was good a minute ago is not held up by those that nobody knows.
    if (isKnown) this.#waiting.unshift(keyHash);
    else this.#waiting.push(keyHash);
    if (!this.#isLooking) void this.#lookUpAll();
    return wanted.promise;
  }

  /** One question at a time, for all keys that wait. Never rejects: a failure is told to those who asked. */
  async #lookUpAll(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, MOST_AT_ONCE);
      const now = this.#now();
      try {
        const found = await this.#store.useApiKeys(some, now, instant(now - LOOKED_UP_EVERY));
        for (const keyHash of some) this.#answer(keyHash, now, found.get(keyHash));
      } catch (failure) {
        for (const keyHash of some) this.#take(keyHash)?.reject(failure);
      }
      await wait(PAUSE_MILLISECONDS);
    }
    this.#isLooking = false;
  }

  #answer(keyHash: string, now: Instant, key: ApiKey | undefined): void {
    const principal = key && integrationOf(key);
    this.#remembered.delete(keyHash);
    if (principal === undefined) this.#unknown.set(keyHash, instant(now + UNKNOWN_FOR));
    else {
      const [oldest] = this.#remembered.keys();
      if (this.#remembered.size >= MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
      this.#remembered.set(keyHash, { principal, until: instant(now + LOOKED_UP_EVERY) });
    }
    this.#take(keyHash)?.resolve(principal);
  }

  #take(keyHash: string): Wanted | undefined {
    const wanted = this.#wanted.get(keyHash);
    this.#wanted.delete(keyHash);
    return wanted;
  }
}

/** Those who add keys wait for each other, or two at once would both be the last one that still fits. */
async function addKey(transaction: AccountTransaction, key: StoredKey, source: AuditSource): Promise<'added' | 'id-in-use' | 'too-many'> {
  await transaction.lockApiKeys();
  if ((await transaction.apiKey(key.id)) !== undefined) return 'id-in-use';
  if ((await transaction.countOfApiKeys()) >= MOST_KEYS) return 'too-many';
  await transaction.addApiKey(key);
  await transaction.addAuditEntry(auditEntry(source, key.createdAt, { action: 'api-key.added', subject: subjectOf(key), after: termsOf(key) }));
  return 'added';
}

/** The end of time, for a key that does not expire. */
const NEVER = instant(Number.MAX_SAFE_INTEGER);

function integrationOf({ id, name, scopes, locationId, expiresAt }: ApiKey): Integration {
  const nobody = { email: '', staffId: null, customerId: null };
  return { ...nobody, userId: id, sessionId: id, role: 'integration', name, scopes, locationId, expiresAt: expiresAt ?? NEVER };
}

function subjectOf({ id, name }: ApiKey) {
  return { kind: 'api-key', id, name } as const;
}

function termsOf({ name, prefix, scopes, locationId, expiresAt }: ApiKey) {
  return { name, prefix, scopes, locationId, expiresAt: expiresAt && new Date(expiresAt).toISOString() };
}
