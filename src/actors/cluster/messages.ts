// The messages between nodes. Plain data. Channel names contain the era, so that two clusters on one Redis, or two eras of one database,
// never hear each other.
import type { Instant } from '../../model/instant.ts';
import type { Parts } from '../calendar/group.ts';
import type { Outcome } from '../calendar/work.ts';
import type { ShardOwner } from '../ports.ts';
import type { CalendarChange, RequestKey } from '../scheduler.ts';
import { type Claim, calendarIdsOf, type Offer } from './choices.ts';

/** Messages of another version are ignored; calendars of those nodes are reached through the database. */
export const VERSION = 4;

/** A command on its way to its calendar, or to the owner of the first of its calendars, wherever that is decided. */
export type ForwardedCommand = {
  readonly parts: Parts;
  readonly request: RequestKey;
  /** False: another candidate is asked after a refusal, so it is not stored under the key. */
  readonly isFinal: boolean;
  readonly offer: Offer | null;
  /**
   * Several could take it, and those in `among` are decided for by one node: the first of them that can. `parts` and `offer` are of one of them.
   * `among`: calendars of candidates; for a move, of all of them, because the calendar that it leaves decides.
   */
  readonly oneOf?: { readonly claim: Claim; readonly among: readonly string[] };
};

/** Outcomes that nodes send to each other. A refusal of the database is identified by its constraint. */
export type ToldOutcome =
  | Exclude<Outcome, { type: 'poisoned' | 'unknown' }>
  | { readonly type: 'poisoned'; readonly message: string; readonly sqlState: string | null; readonly constraint: string | null };

export type NodeMessage =
  /** `id` names the command and `copy` counts how often it was sent; after the deadline (estimated database time) it is dropped. */
  | {
      readonly type: 'forwarded-command';
      readonly from: string;
      readonly id: string;
      readonly copy: number;
      readonly epoch: number;
      readonly deadlineAt: Instant;
      /** Sealed JSON of an `ForwardedCommand`, since it holds what was typed about people. */
      readonly forwarded: string;
      /** From the owner, to the node that has decided in its place: to be decided there all the same. */
      readonly isHandedOver?: true;
    }
  /** `revisions`: those of its calendars by then, in the order of `calendarsOfForwarded`. */
  | {
      readonly type: 'outcome';
      readonly from: string;
      readonly id: string;
      readonly copy: number;
      readonly outcome: ToldOutcome;
      readonly revisions: readonly number[];
    }
  /** This copy did nothing: the shard is not ours, or not under that epoch. */
  | { readonly type: 'not-owner'; readonly from: string; readonly id: string; readonly copy: number; readonly row: ShardOwner }
  /** To the owner, from a node that decided in its place. */
  | { readonly type: 'overtaken'; readonly from: string; readonly calendarId: string; readonly revision: number };

/** To everybody. */
export type Announcement =
  | { readonly type: 'shards'; readonly from: string; readonly rows: readonly ShardOwner[] }
  | { readonly type: 'catalog'; readonly from: string; readonly version: number };

/** The calendars that it may change. */
export function calendarsOfForwarded({ parts, oneOf }: ForwardedCommand): readonly string[] {
  const candidates = oneOf === undefined ? [] : oneOf.claim.ask.candidates.filter(({ calendarId }) => oneOf.among.includes(calendarId));
  return [...new Set([...parts.map(({ calendarId }) => calendarId), ...calendarIdsOf(candidates)])];
}

export type Channels = {
  node(nodeId: string): string;
  readonly everybody: string;
  calendar(calendarId: string): string;
  /** The calendar that a channel belongs to. */
  calendarOf(channel: string): string | undefined;
};

export function channelsOf(era: string): Channels {
  const prefix = `slotkeeper:${era}:v${VERSION}:`;
  const calendarPrefix = `${prefix}calendar:`;
  return {
    node: (nodeId) => `${prefix}node:${nodeId}`,
    everybody: `${prefix}everybody`,
    calendar: (calendarId) => calendarPrefix + calendarId,
    calendarOf: (channel) => (channel.startsWith(calendarPrefix) ? channel.slice(calendarPrefix.length) : undefined),
  };
}

/** Only nodes of this cluster write to its channels, so what is there is what one of them has said. */
export function readMessage<Message extends NodeMessage | Announcement | readonly CalendarChange[]>(text: string): Message {
  return JSON.parse(text) as Message;
}
