import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { ChangeLog, LogPosition } from '../actors/change-log-port.ts';
import { type AuditRecord, type AuditSource, auditEntry, SYSTEM } from '../audit/audit-entry.ts';
import { isAfter } from '../consumers/consumer.ts';
import type { AuditAction } from '../model/audit-actions.ts';
import type { FieldError } from '../model/field-error.ts';
import { type Instant, instant } from '../model/instant.ts';
import { answeredBefore, type KeyReused, type ReplyKey, type StoredReply, sealedReplies } from '../model/kept-replies.ts';
import { readCursor } from '../model/log-cursor.ts';
import type { Outside, OutsideRefusal } from '../model/outside.ts';
import type { WebhookType } from '../model/payment-facts.ts';
import { keysOf, type SecretBox, sendWebhook, testBody, withoutKey } from './send-webhook.ts';
import {
  type Delivery,
  type DeliveryState,
  type DisabledBecause,
  type Endpoint,
  type LastAttempt,
  LIMITS,
  type Maker,
  MOST_ENDPOINTS,
  MOST_REPLAYED,
  SECRETS_OVERLAP,
  typesFor,
} from './webhook.ts';
import { deliveriesFor, type WebhookPlaces } from './webhook-consumer.ts';
import type { WebhookStore, WebhookTransaction } from './webhook-store-port.ts';

/** What Standard Webhooks asks for: 24 to 64 bytes. */
const SECRET_BYTES = 32;
/** Of a day of changes; a replay that has more to look through says where to go on. */
const PAGE = 500;
const MOST_PAGES = 10;

export type NewWebhook = {
  readonly id?: string | undefined;
  readonly url: string;
  readonly types?: readonly WebhookType[] | undefined;
  readonly locationId: string | null;
};
export type WebhookChanges = {
  readonly url?: string | undefined;
  readonly types?: readonly WebhookType[] | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
};

export type WebhookRefusal =
  | { readonly code: 'not-found' | 'id-in-use' | 'limit-reached'; readonly detail: string }
  | { readonly code: 'version-mismatch'; readonly detail: string; readonly currentVersion: number }
  | { readonly code: 'invalid-request'; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly code: 'cursor-too-old' | 'cursor-unknown'; readonly detail: string }
  | KeyReused;
export type WebhookAnswer =
  | { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply }
  | { readonly outcome: 'refused'; readonly refusal: WebhookRefusal };
/** `reply` is told the secret where one was made: now and never again. */
export type WebhookRequest = AuditSource & {
  readonly key: ReplyKey | null;
  readonly expectedVersions: readonly number[] | null;
  readonly reply: (value: Endpoint & { readonly secret?: string; readonly previousUntil?: Instant }) => StoredReply;
};

type Decided = { readonly endpoint: Endpoint & { readonly secret?: string; readonly previousUntil?: Instant } } | { readonly refusal: WebhookRefusal };
type Change = (transaction: WebhookTransaction, at: Instant) => Promise<Decided>;

export type Replayed = { readonly queued: number; readonly next: string | null };

export type WebhookParts = {
  readonly store: WebhookStore;
  readonly outside: Outside;
  readonly log: Pick<ChangeLog, 'page' | 'placeOf'>;
  readonly places: WebhookPlaces;
  readonly box: SecretBox;
  /** Of answers, which have secrets in them. */
  readonly replySeal: { seal(text: string): string; open(sealed: string): string | undefined };
  readonly now: () => Instant;
  /** Something may be due. */
  readonly onDue: () => void;
};

/** Endpoints, for those who manage them. */
export class Webhooks {
  readonly #parts: WebhookParts;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  list(): Promise<readonly Endpoint[]> {
    return this.#parts.store.endpoints();
  }

  async byId(id: string): Promise<Endpoint | undefined> {
    return this.#parts.store.endpoint(id);
  }

  async add({ id = randomUUIDv7(), url, types, locationId }: NewWebhook, maker: Maker, request: WebhookRequest): Promise<WebhookAnswer> {
    const secret = newSecret();
    const barred = refuseTypes(types, maker);
    if (barred !== undefined) return { outcome: 'refused', ...barred };
    return this.#changeAddress(url, request, async (transaction, createdAt) => {
      if ((await transaction.count()) >= MOST_ENDPOINTS)
        return refuse({ code: 'limit-reached', detail: `There are ${MOST_ENDPOINTS} endpoints already; remove one that is not used any more.` });
      const made = { id, url, types: types === undefined ? typesFor(maker) : [...new Set(types)], locationId, maker, createdAt };
      if (!(await transaction.add({ ...made, secret: this.#parts.box.seal(secret, id) })))
        return refuse({ code: 'id-in-use', detail: 'The id belongs to another endpoint.' });
      const endpoint: Endpoint = { ...made, waiting: 0, failingSince: null, disabled: null, version: 1 };
      await this.#audit(transaction, request, endpoint, 'webhook.added', { after: termsOf(endpoint) });
      return { endpoint: { ...endpoint, secret } };
    });
  }

  change(id: string, { url, types, status }: WebhookChanges, request: WebhookRequest): Promise<WebhookAnswer> {
    const change: Change = async (transaction, at) => {
      const before = await this.#current(transaction, id, request);
      if ('refusal' in before) return before;
      const { endpoint } = before;
      const barred = refuseTypes(types, endpoint.maker);
      if (barred !== undefined) return barred;
      const wanted = { url: url ?? endpoint.url, types: types === undefined ? endpoint.types : [...new Set(types)] };
      const disabled = disabledAfter(endpoint, status, at);
      const changed = {
        ...endpoint,
        ...wanted,
        disabled,
        version: endpoint.version + 1,
        ...(disabled === null && endpoint.disabled !== null && { failingSince: null }),
      };
      await transaction.change(changed);
      if (disabled !== null && endpoint.disabled === null) await transaction.disable(id, at, 'by-hand');
      if (disabled === null && endpoint.disabled !== null) await transaction.enable(id);
      await this.#audit(transaction, request, changed, 'webhook.changed', { before: termsOf(endpoint), after: termsOf(changed) });
      return { endpoint: changed };
    };
    return url === undefined ? this.#change(request, change) : this.#changeAddress(url, request, change);
  }

  remove(id: string, request: WebhookRequest): Promise<WebhookAnswer> {
    return this.#change(request, async (transaction) => {
      const before = await this.#current(transaction, id, request);
      if ('refusal' in before) return before;
      await transaction.remove(id);
      await this.#audit(transaction, request, before.endpoint, 'webhook.removed', { before: termsOf(before.endpoint) });
      return before;
    });
  }

  /** The one before is good for another day, so that the receiver can be told in between. One that was replaced already ends now. */
  rotateSecret(id: string, request: WebhookRequest): Promise<WebhookAnswer> {
    const secret = newSecret();
    return this.#change(request, async (transaction, at) => {
      const before = await this.#current(transaction, id, request);
      if ('refusal' in before) return before;
      const { current } = await transaction.secrets(id);
      const previousUntil = instant(at + SECRETS_OVERLAP);
      await transaction.replaceSecret(id, { current: this.#parts.box.seal(secret, id), old: { ...current, until: previousUntil } });
      const endpoint = { ...before.endpoint, version: before.endpoint.version + 1 };
      await transaction.change(endpoint);
      await this.#audit(transaction, request, endpoint, 'webhook.secret-replaced', {});
      return { endpoint: { ...endpoint, secret, previousUntil } };
    });
  }

  /** Sends something that is no fact, now and once, also to an endpoint that is disabled. */
  async test(id: string): Promise<LastAttempt | undefined> {
    const { store, box, outside, now } = this.#parts;
    const endpoint = await store.endpoint(id);
    if (endpoint === undefined) return undefined;
    const webhookId = `test_${randomUUIDv7()}`;
    const keys = keysOf(box, id, endpoint.secrets, now());
    if (keys === null) return withoutKey(now());
    return (await sendWebhook(outside, { id: webhookId, body: testBody(webhookId, now()), url: endpoint.url, keys }, now)).last;
  }

  deliveries(id: string, filter: { readonly state: DeliveryState | null; readonly before: string | null }, limit: number): Promise<readonly Delivery[]> {
    return this.#parts.store.deliveries(id, filter, limit);
  }

  /** Tells facts again, from one to another, both included; without `to` up to the newest. What waits already waits once. */
  async replay(endpoint: Endpoint, from: string, to: string | undefined): Promise<Replayed | WebhookRefusal> {
    const [first, last] = [await this.#placeOf('from', from), to === undefined ? null : await this.#placeOf('to', to)];
    if ('code' in first) return first;
    if (last !== null && 'code' in last) return last;
    const { log, store, places, onDue } = this.#parts;
    let queued = 0;
    let place = before(first);
    for (let pages = 0; pages < MOST_PAGES && queued < MOST_REPLAYED; pages += 1) {
      const page = await log.page(place, { calendarIds: null, types: [...endpoint.types] }, PAGE);
      const wanted = page.changes.filter((change) => last === null || !isAfter(change, last));
      const deliveries = deliveriesFor(endpoint, wanted, places);
      const room = deliveries.slice(0, MOST_REPLAYED - queued);
      queued += await store.replay(room);
      const rest = deliveries[room.length];
      if (rest !== undefined) return this.#replayed(queued, rest.id);
      if (!page.isMore || page.last === null || wanted.length < page.changes.length) return this.#replayed(queued, null);
      place = page.last;
    }
    onDue();
    const { changes } = await log.page(place, { calendarIds: null, types: [...endpoint.types] }, 1);
    const [next] = deliveriesFor(endpoint, changes, places);
    return { queued, next: next?.id ?? null };
  }

  /** By this server, with an entry in the audit trail. */
  async disable(id: string, because: DisabledBecause): Promise<void> {
    await this.#parts.store.changing(async (transaction) => {
      const endpoint = await transaction.endpoint(id);
      if (endpoint === undefined || endpoint.disabled !== null) return;
      const at = this.#parts.now();
      await transaction.disable(id, at, because);
      await this.#entryOfDisabled(transaction, endpoint, because);
    });
  }

  /** Says in the audit trail that an endpoint was disabled. */
  async noteDisabled(endpoint: Endpoint, because: DisabledBecause): Promise<void> {
    await this.#parts.store.changing((transaction) => this.#entryOfDisabled(transaction, endpoint, because));
  }

  async #entryOfDisabled(transaction: WebhookTransaction, endpoint: Endpoint, because: DisabledBecause): Promise<void> {
    await this.#audit(transaction, SYSTEM, endpoint, 'webhook.disabled', { after: { because } });
  }

  #replayed(queued: number, next: string | null): Replayed {
    this.#parts.onDue();
    return { queued, next };
  }

  async #placeOf(path: string, id: string): Promise<LogPosition | WebhookRefusal> {
    const read = readCursor(id.replace(/\.\d{1,3}$/, ''));
    if (read === undefined)
      return {
        code: 'invalid-request',
        detail: 'The replay cannot be read.',
        errors: [{ path, message: 'is neither a webhook-id nor a cursor of the change feed' }],
      };
    if (read.era !== this.#parts.places.era())
      return { code: 'cursor-unknown', detail: `${path} is of another era: a backup was restored, or a standby took over.` };
    const kept = await this.#parts.log.placeOf(before(read));
    if (kept === 'too-old') return { code: 'cursor-too-old', detail: `${path} is older than what is kept.` };
    if (kept === 'unknown') return { code: 'cursor-unknown', detail: `${path} is ahead of everything that has happened.` };
    return read;
  }

  async #current(transaction: WebhookTransaction, id: string, { expectedVersions }: WebhookRequest): Promise<Decided> {
    const endpoint = await transaction.endpoint(id);
    if (endpoint === undefined) return refuse({ code: 'not-found', detail: 'There is no such endpoint, or not any more.' });
    if (expectedVersions === null || expectedVersions.includes(endpoint.version)) return { endpoint };
    return refuse({ code: 'version-mismatch', detail: 'The endpoint has been changed meanwhile.', currentVersion: endpoint.version });
  }

  /** As `#change`, after a look at the address, for which no transaction waits. A repeat is answered as before, wherever the name leads by now. */
  async #changeAddress(url: string, request: WebhookRequest, change: Change): Promise<WebhookAnswer> {
    const known = await this.#change({ ...request, reply: NO_REPLY }, async () => ({ refusal: NOTHING }));
    if (known.outcome !== 'refused' || known.refusal !== NOTHING) return known;
    const refusal = await this.#parts.outside.judge({ url, timeoutMilliseconds: LIMITS.timeoutMilliseconds });
    const why = refusal === undefined ? undefined : WHY_NOT[refusal];
    if (why === undefined) return this.#change(request, change);
    return {
      outcome: 'refused',
      refusal: { code: 'invalid-request', detail: `The address is not one that may be called: it ${why}.`, errors: [{ path: 'url', message: why }] },
    };
  }

  #change(request: WebhookRequest, change: Change): Promise<WebhookAnswer> {
    return this.#parts.store.changing(async (transaction) => {
      const replies = sealedReplies(transaction, this.#parts.replySeal);
      const before = await answeredBefore(replies, request.key);
      if (before !== undefined) return before;
      const decided = await change(transaction, this.#parts.now());
      if ('refusal' in decided) return { outcome: 'refused', refusal: decided.refusal };
      const reply = request.reply(decided.endpoint);
      if (request.key !== null) await replies.addReply(request.key, reply);
      return { outcome: 'saved', reply };
    });
  }

  async #audit(
    transaction: WebhookTransaction,
    source: AuditSource,
    { id, url }: Endpoint,
    action: AuditAction,
    what: { readonly before?: AuditRecord; readonly after?: AuditRecord },
  ): Promise<void> {
    await transaction.addAuditEntry(auditEntry(source, this.#parts.now(), { action, subject: { kind: 'webhook', id, name: hostOf(url) }, ...what }));
  }
}

/** Of the refusals that are about the address; others may be over when it is called. */
const WHY_NOT: Partial<Record<OutsideRefusal, string>> = {
  'not-an-address': 'must be an address such as https://example.org/hooks',
  'scheme-not-allowed': 'must begin with https://',
  'credentials-in-address': 'must not have a name and a password in it',
  'port-not-allowed': 'must have the port 443 or 8443, or none',
  'not-public': 'must lead to a public address',
};

const NOTHING: WebhookRefusal = { code: 'not-found', detail: '' };
const NO_REPLY = (): StoredReply => ({ status: 200, body: {} });

function refuse(refusal: WebhookRefusal): { readonly refusal: WebhookRefusal } {
  return { refusal };
}

/** Who made it can never be told of the others. */
function refuseTypes(types: readonly WebhookType[] | undefined, maker: Maker): { readonly refusal: WebhookRefusal } | undefined {
  const others = types?.filter((type) => !typesFor(maker).includes(type)) ?? [];
  if (others.length === 0) return undefined;
  const message = `must be without ${others.join(', ')}: an API key may not look at payments`;
  return refuse({ code: 'invalid-request', detail: 'Its maker may not know that.', errors: [{ path: 'types', message }] });
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

function disabledAfter({ disabled }: Endpoint, status: WebhookChanges['status'], at: Instant): Endpoint['disabled'] {
  if (status === undefined) return disabled;
  return status === 'active' ? null : (disabled ?? { at, because: 'by-hand' });
}

/** An address may have a secret in its path, as those of chats do: the trail has the host. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}

function termsOf({ url, types, locationId, disabled }: Endpoint): AuditRecord {
  return { host: hostOf(url), types, locationId, disabled: disabled !== null };
}

function before({ xid, position }: LogPosition): LogPosition {
  return { xid, position: String(BigInt(position) - 1n) };
}
