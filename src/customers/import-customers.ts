// Customers from a table. The file is read in a thread of its own and written in small steps, so that bookings go on meanwhile.
import { randomUUIDv7 } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import type { Instant } from '../model/instant.ts';
import type { ImportMode, ImportReport } from '../protocol/customers.ts';
import type { Customer } from './customer.ts';
import type { CustomerStore, CustomerTransaction, ImportProgress } from './customer-store-port.ts';
import { type ImportedLine, personOf, type ReadTable, type TableRefusal } from './import-lines.ts';
import type { Within } from './within.ts';

/** Ten thousand lines take a second. */
const MOST_MS = 20_000;
const MOST_MEGABYTES = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
/** In one statement: some milliseconds. */
const AT_ONCE = 250;
/** Longer than reading and any step may take. */
const SILENT_MS = 60_000;

type ImportParts = {
  readonly store: Pick<CustomerStore, 'known' | 'changing' | 'imports'>;
  readonly now: () => Instant;
};
export type ImportAsked = { readonly table: Uint8Array; readonly mode: ImportMode; readonly isDryRun: boolean; readonly within: Within };
export type ImportAnswer =
  | { readonly report: ImportReport }
  | { readonly refused: readonly { readonly path: string; readonly message: string }[] }
  /** Another one is under way on this node. */
  | 'busy';
/** `stopped`: nothing has been heard of it for a minute. */
export type ImportStanding = ImportProgress & { readonly state: 'running' | 'done' | 'stopped' };

export class CustomerImports {
  readonly #parts: ImportParts;
  #isBusy = false;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  async import(asked: ImportAsked, source: AuditSource): Promise<ImportAnswer> {
    if (this.#isBusy) return 'busy';
    this.#isBusy = true;
    try {
      return await this.#import(asked, source);
    } finally {
      this.#isBusy = false;
    }
  }

  /** How far imports are, the newest first; on every node, of all nodes. */
  async list(within: Within): Promise<readonly ImportStanding[]> {
    const heardSince = this.#parts.now() - SILENT_MS;
    const stateOf = ({ endedAt, seenAt }: ImportProgress) => (endedAt !== null ? 'done' : seenAt < heardSince ? 'stopped' : 'running');
    return (await this.#parts.store.imports.list(within)).map((progress) => ({ ...progress, state: stateOf(progress) }));
  }

  async #import(asked: ImportAsked, source: AuditSource): Promise<ImportAnswer> {
    if (asked.isDryRun) return this.#read(asked, async (fresh) => fresh.length);
    const { imports } = this.#parts.store;
    const { mode, within } = asked;
    const id = randomUUIDv7();
    await imports.begin({ id, locationId: within.locationId, at: this.#parts.now() });
    const answer = await this.#read(asked, (fresh) => (mode === 'all' ? this.#addAll(id, fresh, within, source) : this.#addInSteps(id, fresh, within, source)));
    if ('refused' in answer) await imports.forget(id);
    return answer;
  }

  async #read({ table, mode, isDryRun }: ImportAsked, add: (fresh: readonly ImportedLine[]) => Promise<number>): Promise<Exclude<ImportAnswer, 'busy'>> {
    const read = await readInThread(table);
    if ('refusal' in read) return { refused: [read.refusal] };
    const { lines, repeated, bad, errors } = read;
    const fresh = await this.#fresh(read.good);
    if (!isDryRun && mode === 'all' && bad > 0) return { refused: errors.map(({ line, column, message }) => ({ path: `line ${line}, ${column}`, message })) };
    const added = await add(fresh);
    return { report: { lines, added, known: read.good.length - added, repeated, bad, errors: [...errors] } };
  }

  /** Those who are not customers yet. Who is one stays as they are. */
  async #fresh(good: readonly ImportedLine[]): Promise<readonly ImportedLine[]> {
    const fresh: ImportedLine[] = [];
    for (const some of inSteps(good)) {
      const known = await this.#parts.store.known(some);
      const people = new Set(known.flatMap(({ name, email, phone }) => [personOf({ name, email, phone }), personOf({ name, email: null, phone })]));
      fresh.push(...some.filter((line) => !people.has(personOf(line))));
    }
    return fresh;
  }

  /** In one transaction: whatever is killed when, all of them are there or none. */
  async #addAll(id: string, fresh: readonly ImportedLine[], within: Within, source: AuditSource): Promise<number> {
    const customers = fresh.length;
    const { store, now } = this.#parts;
    await store.changing((transaction) => transaction.noteImport(id, { customers, added: 0, at: now(), isOver: false }));
    return store.changing(async (transaction) => {
      const at = now();
      await audit(transaction, source, at, 'all', customers);
      let added = 0;
      for (const some of inSteps(fresh)) added += await transaction.addMany(some.map((line) => customerOf(line, within, at)));
      await transaction.noteImport(id, { customers, added, at, isOver: true });
      return added;
    });
  }

  /** Each step in a transaction of its own, the first with the entry in the audit trail. After a crash the same file adds the rest. */
  async #addInSteps(id: string, fresh: readonly ImportedLine[], within: Within, source: AuditSource): Promise<number> {
    const customers = fresh.length;
    const steps = [...inSteps(fresh)];
    let sum = 0;
    for (const [index, some] of [...steps, []].entries())
      sum = await this.#parts.store.changing(async (transaction) => {
        const at = this.#parts.now();
        if (index === 0) await audit(transaction, source, at, 'good', customers);
        const added = some.length === 0 ? sum : sum + (await transaction.addMany(some.map((line) => customerOf(line, within, at))));
        await transaction.noteImport(id, { customers, added, at, isOver: index === steps.length });
        return added;
      });
    return sum;
  }
}

async function audit(transaction: CustomerTransaction, source: AuditSource, at: Instant, mode: ImportMode, customers: number): Promise<void> {
  if (customers === 0) return;
  const subject = { kind: 'customer', id: 'import', name: null } as const;
  await transaction.addAuditEntry(auditEntry(source, at, { action: 'customer.imported', subject, after: { customers, mode } }));
}

function customerOf({ name, email = null, phone = null, notes = null, tags = [] }: ImportedLine, within: Within, at: Instant): Customer {
  const blank = { staffNotes: null, isBlocked: false, marketing: null, locationId: within.locationId, createdAt: at, version: 1 };
  return { id: randomUUIDv7(), name, email, phone, notes, tags, ...blank };
}

function* inSteps(lines: readonly ImportedLine[]): Generator<readonly ImportedLine[]> {
  for (let at = 0; at < lines.length; at += AT_ONCE) yield lines.slice(at, at + AT_ONCE);
}

const TOO_MUCH: { readonly refusal: TableRefusal } = { refusal: { path: 'file', message: 'takes too long to read: divide it' } };

async function readInThread(table: Uint8Array): Promise<ReadTable | { readonly refusal: TableRefusal }> {
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), { workerData: table, resourceLimits: MOST_MEGABYTES });
  const { promise, resolve } = Promise.withResolvers<ReadTable | { readonly refusal: TableRefusal }>();
  const tooMuch = () => resolve(TOO_MUCH);
  const timer = setTimeout(tooMuch, MOST_MS);
  worker.once('message', resolve);
  // It has run out of memory, or has ended without a word.
  worker.once('error', tooMuch);
  worker.once('exit', tooMuch);
  const answer = await promise;
  clearTimeout(timer);
  await worker.terminate();
  return answer;
}
