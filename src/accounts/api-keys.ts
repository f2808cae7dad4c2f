import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { type AuditEntry, type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import { DAY, type Instant, instant, MINUTE } from '../model/instant.ts';
import type { KeyScope } from '../model/roles.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { Integration } from './principal.ts';
import { hashOfToken } from './secret-tokens.ts';

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

/** A key as it is shown: the key itself is told once, when it is made, and kept nowhere. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  /** The first characters of it. */
  readonly prefix: string;
  readonly scopes: readonly KeyScope[];
  /** The location it is bound to; null is all of them. */
  readonly locationId: string | null;
  readonly createdAt: Instant;
  /** null: never. */
  readonly expiresAt: Instant | null;
  /** To the minute; null: not yet. */
  readonly lastUsedAt: Instant | null;
};
export type StoredKey = ApiKey & { readonly keyHash: string };
export type NewKey = Pick<ApiKey, 'name' | 'scopes' | 'locationId'> & { readonly id?: string | undefined; readonly expiresAt?: Instant | null | undefined };

export type ApiKeyStore = {
  /** Oldest first; at most MOST_KEYS. Those that have been revoked are gone, those that have expired are still there. */
  apiKeys(): Promise<readonly ApiKey[]>;
  apiKey(id: string): Promise<ApiKey | undefined>;
  /** Refuses a known id, and a key beyond `most`. */
  addApiKey(key: StoredKey, most: number, audited: AuditEntry): Promise<'added' | 'id-in-use' | 'too-many'>;
  /** Whether there was one. */
  removeApiKey(id: string, audited: (key: ApiKey) => AuditEntry): Promise<boolean>;
  /** The key with this hash, and notes that it is used, unless that has been noted after `since`. */
  useApiKey(keyHash: string, at: Instant, since: Instant): Promise<ApiKey | undefined>;
};

type Remembered = { readonly principal: Integration; readonly until: Instant };
type Settings = { readonly now: () => Instant };

export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(KEY_PREFIX);
}

/** Keys with which programs come in. They have scopes instead of a role; see `gateway/security/permissions.ts`. */
export class ApiKeys {
  readonly #store: ApiKeyStore;
  readonly #now: () => Instant;
  /** A key that is revoked ends like a session, on every node and with its sockets; its id is that of the session. */
  readonly #ended: EndedSessions;
  /** By hash, in the order in which they were looked up; the oldest goes first when it is full. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(store: ApiKeyStore, { now }: Settings, ended: EndedSessions) {
    this.#store = store;
    this.#now = now;
    this.#ended = ended;
  }

  list(): Promise<readonly ApiKey[]> {
    return this.#store.apiKeys();
  }

  find(id: string): Promise<ApiKey | undefined> {
    return this.#store.apiKey(id);
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
    const audited = auditEntry(source, createdAt, { action: 'api-key.added', subject: subjectOf(apiKey), after: termsOf(apiKey) });
    const outcome = await this.#store.addApiKey({ ...apiKey, keyHash: hashOfToken(key) }, MOST_KEYS, audited);
    return outcome === 'added' ? { apiKey, key } : outcome;
  }

  /** It is refused from now on, and its sockets are closed, on every node. */
  async remove(id: string, source: AuditSource): Promise<'removed' | 'not-found'> {
    const audited = (key: ApiKey) => auditEntry(source, this.#now(), { action: 'api-key.removed', subject: subjectOf(key), before: termsOf(key) });
    const wasThere = await this.#store.removeApiKey(id, audited);
    // Also where it had gone already: the answer that should have told of it may have been lost.
    this.#ended.end([id]);
    return wasThere ? 'removed' : 'not-found';
  }

  /** Who a key speaks for; `undefined` if it is none of ours, has expired or was revoked. */
  async verify(key: string): Promise<Integration | undefined> {
    const keyHash = hashOfToken(key);
    const now = this.#now();
    const known = this.#remembered.get(keyHash);
    const principal = known !== undefined && now < known.until ? known.principal : await this.#lookUp(keyHash, now);
    if (principal === undefined || principal.expiresAt <= now || this.#ended.has(principal.sessionId)) return undefined;
    return principal;
  }

  async #lookUp(keyHash: string, now: Instant): Promise<Integration | undefined> {
    const key = await this.#store.useApiKey(keyHash, now, instant(now - LOOKED_UP_EVERY));
    this.#remembered.delete(keyHash);
    if (key === undefined) return undefined;
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    const principal = integrationOf(key);
    this.#remembered.set(keyHash, { principal, until: instant(now + LOOKED_UP_EVERY) });
    return principal;
  }
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
