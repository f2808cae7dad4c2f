import { setTimeout as wait } from 'node:timers/promises';
import { type ClaimReply, calendar as calendarSchema } from '../../src/protocol/calendars.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import { type BoardColumn, claimText } from './board-model.ts';
import type { Customer, OpenSlots } from './customer.ts';
import type { Desk } from './desk.ts';
import type { RestCaller } from './rest-caller.ts';
import type { SlotColumn } from './slots-model.ts';

/** How long a screen may take to become what the server says: a beacon and a half, and time to read. */
const PATIENCE_MILLISECONDS = 20_000;
const PAUSE_MILLISECONDS = 400;

export type Comparison = { readonly boards: number; readonly slotLists: number; readonly columns: number; readonly differences: readonly string[] };

/** Holds every open screen against a fresh answer of the server, at equal revisions. */
export async function compareScreens(desks: readonly Desk[], customers: readonly Customer[], rest: RestCaller): Promise<Comparison> {
  const differences: string[] = [];
  const until = performance.now() + PATIENCE_MILLISECONDS;
  const lists = customers.map((customer) => customer.open).filter((open) => open !== undefined);
  let columns = 0;
  for (const desk of desks) {
    for (const [calendarId, column] of desk.board.columns) {
      columns += 1;
      await settle(differences, until, () => compareColumn(desk, calendarId, column, rest));
    }
  }
  for (const open of lists) {
    columns += open.model.columns.size;
    await settle(differences, until, () => compareSlots(open, rest));
  }
  return { boards: desks.length, slotLists: lists.length, columns, differences };
}

/** Things still happen (a hold runs out): asks again until both agree, or time is up. */
async function settle(differences: string[], until: number, compare: () => Promise<string | undefined>): Promise<void> {
  let difference = await compare();
  while (difference !== undefined && performance.now() < until) {
    await wait(PAUSE_MILLISECONDS);
    difference = await compare();
  }
  if (difference !== undefined) differences.push(difference);
}

async function compareColumn(desk: Desk, calendarId: string, column: BoardColumn, rest: RestCaller): Promise<string | undefined> {
  const fresh = await rest.read(`/v1/calendars/${calendarId}`, calendarSchema);
  if (fresh === undefined) return `calendar ${calendarId} could not be read`;
  if (fresh.revision !== column.revision) return `calendar ${calendarId}: the board has revision ${column.revision}, the server ${fresh.revision}`;
  const [from, to] = [desk.from, desk.to].map((date) => Temporal.PlainDate.from(date).toZonedDateTime(desk.board.timeZone).epochMilliseconds);
  const now = Date.parse(fresh.at);
  const shown = (claim: ClaimReply) => Date.parse(claim.endsAt) > Math.max(now, from ?? 0) && Date.parse(claim.startsAt) < (to ?? 0);
  const here = [...column.claims.values()].filter(shown).map(claimText).sort();
  const there = fresh.claims.filter(shown).map(claimText).sort();
  return differing(`calendar ${calendarId} at revision ${fresh.revision}`, here, there);
}

async function compareSlots({ model, wish }: OpenSlots, rest: RestCaller): Promise<string | undefined> {
  const { service, from, to } = wish;
  const fresh = await rest.read(`/v1/slots?serviceId=${service.id}&from=${from}&to=${to}&timeZone=${encodeURIComponent(model.timeZone)}`, slotsReply);
  if (fresh === undefined) return `slots of ${service.name} could not be read`;
  for (const { calendarId, staffId, revision } of fresh.calendars) {
    const column = model.columns.get(calendarId);
    if (column === undefined) return `slots of ${service.name}: calendar ${calendarId} is not on the screen`;
    if (column.revision !== revision)
      return `slots of ${service.name}, calendar ${calendarId}: the screen has revision ${column.revision}, the server ${revision}`;
    const there = (fresh.slots ?? []).filter((slot) => slot.staffId === staffId).map((slot) => slot.startsAt);
    const difference = differing(
      `slots of ${service.name}, calendar ${calendarId} at revision ${revision}`,
      textsOf(column),
      there.map((text) => new Date(text).toISOString()).sort(),
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function textsOf(column: SlotColumn): string[] {
  return [...column.starts].map((at) => new Date(at).toISOString()).sort();
}

function differing(what: string, here: readonly string[], there: readonly string[]): string | undefined {
  const inHere = new Set(here);
  const inThere = new Set(there);
  const extra = here.filter((text) => !inThere.has(text));
  const missing = there.filter((text) => !inHere.has(text));
  if (extra.length === 0 && missing.length === 0) return undefined;
  return `${what}: on the screen only: ${extra.slice(0, 3).join(' ') || 'nothing'} (${extra.length}); on the server only: ${missing.slice(0, 3).join(' ') || 'nothing'} (${missing.length})`;
}
