// The tables of a model of the database, as far as the journal and the cluster know them. JSON columns are kept as text, as what is
// read must never be the very object that was written.
import type { Appointment } from '../../../src/actors/calendar/calendar.ts';
import type { RequestRow } from '../../../src/actors/ports.ts';
import type { ClaimTime } from '../../../src/model/claim-times.ts';

const SHARDS = 256;

export type CalendarRow = { readonly id: string; readonly shard: number; revision: number; hours: string };
export type ClaimTableRow = {
  readonly calendarId: string;
  /** null: it overlaps others on purpose. */
  readonly session: string | null;
  readonly half: number;
  readonly claim: ClaimTime;
  readonly status: string | null;
  readonly details: string;
};
export type ChangeRow = {
  readonly calendarId: string;
  readonly revision: number;
  readonly epoch: number;
  readonly at: number;
  readonly events: string;
  readonly entryId: string;
  readonly by: string;
  readonly requestId: string | null;
  /** Its transaction, and what it drew: the order for the business as a whole. */
  readonly xid: number;
  readonly position: number;
};
export type RequestTableRow = Omit<RequestRow, 'refusal'> & { readonly refusal: string; readonly createdAt: number };
/** The calendar as it was where its log begins, once something of it was cut. */
export type BaseTableRow = { readonly revision: number; readonly at: number; readonly state: string };
export type AppointmentTableRow = { readonly revision: number; readonly appointment: Appointment };
export type ConsumerTableRow = { xid: number; position: number; owner: string | null; leaseUntil: number };
export type NodeTableRow = { seenAt: number; steadySince: number; isLeaving: boolean; isGone: boolean };
export type ShardTableRow = { owner: string | null; epoch: number };

/** What the tests of the tests leave out: promises that the real database keeps in SQL. */
export type Promises = {
  readonly checksEpoch: boolean;
  readonly comparesRevision: boolean;
  readonly excludesOverlap: boolean;
  /** False: what is added beside a claim that overlaps on purpose is not looked at. */
  readonly guardsOverlapping: boolean;
  /** False: the row of a request is written a moment after its effects. */
  readonly keepsKeyInTransaction: boolean;
  /** False: of calendars that stand together, each is written by itself. */
  readonly keepsComponents: boolean;
  /** False: a position moves from wherever it is. */
  readonly comparesPosition: boolean;
  /** False: it moves in a transaction of its own, after the effects. */
  readonly movesWithEffects: boolean;
  /** False: readers of the log are told what is committed, whatever may still be. */
  readonly readersStop: boolean;
  /** False: the changes of a commit draw their positions in whatever order. */
  readonly drawsInOrder: boolean;
  /** False: what a consumer has not read yet is cut all the same. */
  readonly keepsUnread: boolean;
  /** False: what a request is answered from is cut all the same. */
  readonly keepsAnswers: boolean;
  /** False: what is cut is not played into the base of its calendar. */
  readonly foldsIntoBase: boolean;
  /** False: how far the log is cut is not written down. */
  readonly marksTheCut: boolean;
  /** False: a key is forgotten long before its time. */
  readonly keepsKeys: boolean;
};
export const KEPT: Promises = {
  checksEpoch: true,
  comparesRevision: true,
  excludesOverlap: true,
  guardsOverlapping: true,
  keepsKeyInTransaction: true,
  keepsComponents: true,
  comparesPosition: true,
  movesWithEffects: true,
  readersStop: true,
  drawsInOrder: true,
  keepsUnread: true,
  keepsAnswers: true,
  foldsIntoBase: true,
  marksTheCut: true,
  keepsKeys: true,
};

/** Hears of everything that is committed, at the moment at which it is. Commits are counted in the order in which they are sent. */
export type Witness = {
  onChange(row: ChangeRow): void;
  onRequest(row: RequestTableRow): void;
  /** A commit was written. */
  onWritten(commit: number, entryIds: readonly string[]): void;
  /** These entries were not written when somebody looked who had asked after so many commits had been sent. */
  onDenied(entryIds: readonly string[], commits: number): void;
  /** The log of a calendar was cut up to this revision. */
  onCut(calendarId: string, revision: number): void;
  /** Its key means nothing any more. */
  onForgotten(row: RequestTableRow): void;
};

export class Tables {
  readonly calendars = new Map<string, CalendarRow>();
  /** By id and half. */
  readonly claims = new Map<string, ClaimTableRow>();
  /** By calendar, in the order of revisions as long as those are dense. */
  readonly changes = new Map<string, Map<number, ChangeRow>>();
  readonly entries = new Map<string, ChangeRow[]>();
  readonly requests = new Map<string, RequestTableRow>();
  /** Their addresses, which no two share. */
  readonly customers = new Map<string, string | null>();
  readonly appointments = new Map<string, AppointmentTableRow>();
  /** By entry. */
  readonly sources = new Map<string, string>();
  /** All changes, in the order of the business. */
  readonly log: ChangeRow[] = [];
  readonly consumers = new Map<string, ConsumerTableRow>();
  /** By calendar. */
  readonly bases = new Map<string, BaseTableRow>();
  /** How far the log was cut: a reader that is there has missed nothing. */
  readonly cut = { xid: 0, position: 0 };
  readonly #effects = new Map<string, string[]>();
  /** What was typed, as JSON, by appointment. */
  readonly persons = new Map<string, string>();
  readonly nodes = new Map<string, NodeTableRow>();
  readonly shards: ShardTableRow[] = Array.from({ length: SHARDS }, () => ({ owner: null, epoch: 0 }));
  era: string;
  catalogVersion = 1;
  readonly promises: Promises;
  /** Milliseconds since 1970, with fractions. */
  readonly clock: () => number;
  witness: Witness | undefined;
  /** How many were sent. */
  commits = 0;
  /** The id that a transaction was given last, and the number that a change drew last. */
  lastXid = 0;
  /** Of transactions that have not ended. */
  readonly openXids = new Set<number>();
  lastPosition = 0;

  /** Steps that a commit takes longer than others, for want of a disk that is quick. */
  readonly stall: () => number;

  constructor(options: { readonly era: string; readonly clock: () => number; readonly promises?: Promises; readonly stall?: () => number }) {
    this.era = options.era;
    this.clock = options.clock;
    this.promises = options.promises ?? KEPT;
    this.stall = options.stall ?? (() => 0);
  }

  addCalendar(id: string, shard: number, hours: object): void {
    this.calendars.set(id, { id, shard, revision: 0, hours: JSON.stringify(hours) });
  }

  requestOf(caller: string, key: string): RequestTableRow | undefined {
    return this.requests.get(requestName(caller, key));
  }

  addRequest(row: RequestTableRow): void {
    this.requests.set(requestName(row.caller, row.key), row);
    this.witness?.onRequest(row);
  }

  addChange(row: ChangeRow): void {
    const log = this.changes.get(row.calendarId) ?? new Map<number, ChangeRow>();
    this.changes.set(row.calendarId, log);
    log.set(row.revision, row);
    const entry = this.entries.get(row.entryId) ?? [];
    this.entries.set(row.entryId, entry);
    entry.push(row);
    const later = this.log.findLastIndex(({ xid, position }) => xid < row.xid || (xid === row.xid && position < row.position)) + 1;
    this.log.splice(later, 0, row);
    this.witness?.onChange(row);
  }

  forgetRequest(row: RequestTableRow): void {
    this.requests.delete(requestName(row.caller, row.key));
    this.witness?.onForgotten(row);
  }

  /** Takes everything up to this revision out of the log. */
  cutLog(calendarId: string, revision: number): void {
    for (const row of this.logOf(calendarId)) {
      if (row.revision > revision) continue;
      this.changes.get(calendarId)?.delete(row.revision);
      this.log.splice(this.log.indexOf(row), 1);
      const entry = (this.entries.get(row.entryId) ?? []).filter((other) => other !== row);
      if (entry.length > 0) this.entries.set(row.entryId, entry);
      else this.entries.delete(row.entryId);
    }
    this.witness?.onCut(calendarId, revision);
  }

  addEffect(consumer: string, words: string): void {
    const effects = this.#effects.get(consumer) ?? [];
    this.#effects.set(consumer, effects);
    effects.push(words);
  }

  /** What a consumer has written, in the order in which it did. */
  effectsOf(consumer: string): readonly string[] {
    return this.#effects.get(consumer) ?? [];
  }

  /** The change log of one calendar, by revision. */
  logOf(calendarId: string): readonly ChangeRow[] {
    return [...(this.changes.get(calendarId)?.values() ?? [])].sort((one, other) => one.revision - other.revision);
  }
}

export function claimName(id: string, half: number): string {
  return `${id} ${half}`;
}

export function requestName(caller: string, key: string): string {
  return `${caller}\n${key}`;
}
