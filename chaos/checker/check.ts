// Judges a history. Knows the protocol and nothing of the server: everything it believes about calendars it works out from their feeds.
import { type History, historyOf, type Line } from '../history/lines.ts';
import { checkLiveness, checkSurprises, checkTrail } from './aftermath.ts';
import { attribute } from './attribution.ts';
import { checkHolds } from './holds.ts';
import type { Violation } from './invariants.ts';
import { Knowledge } from './knowledge.ts';
import { playFeed } from './model.ts';
import { checkMoves } from './moves.ts';
import { checkRealTime, checkRevisions } from './order.ts';
import { checkInsisted, checkOverlaps } from './overlaps.ts';
import { checkRefusals } from './refusals.ts';
import { checkRooms, inRooms } from './rooms.ts';
import { checkReads, checkScreens } from './shown.ts';
import { checkTyped } from './typed.ts';
import { type Write, writesOf } from './writes.ts';

export type Verdict = {
  /** The first one to show comes first. */
  readonly violations: readonly Violation[];
  readonly writes: readonly Write[];
  readonly history: History;
  /** How much there was to judge: a verdict upon nothing is worth nothing. */
  readonly judged: { readonly changes: number; readonly refusals: number; readonly reads: number; readonly screens: number };
};

export function check(lines: readonly Line[]): Verdict {
  const history = historyOf(lines);
  const { run, feeds } = history;
  const rooms = new Map(run.shop.rooms.map(({ calendarId, id }) => [calendarId, id]));
  const played = feeds.map((feed) => playFeed(feed, rooms.get(feed.calendarId) ?? null));
  const models = played.map(({ model }) => model);
  const byCalendar = new Map(models.map((model) => [model.calendarId, model]));
  const { writes, violations: contradictions } = writesOf(history.attempts);
  const { deeds, violations: misattributed } = attribute(models, writes);
  // A fact stands in a room as well, and is just as known there.
  const everywhere = [...deeds, ...inRooms(deeds, models, rooms)];
  const knowledge = new Knowledge(history, everywhere);
  const violations = [
    ...checkOverlaps(models, run.shop),
    ...checkInsisted(deeds),
    ...contradictions,
    ...misattributed,
    ...feeds.flatMap(checkRevisions),
    ...played.flatMap(({ violations: impossible }) => impossible),
    ...checkRealTime(everywhere),
    ...checkRefusals(writes, { models: byCalendar, shop: run.shop, knowledge, startedAt: run.startedAt }),
    ...checkReads(history, byCalendar),
    ...checkScreens(history, byCalendar),
    ...checkMoves(feeds),
    ...checkRooms(feeds, run.shop),
    ...checkHolds(feeds, writes),
    ...checkLiveness(history),
    ...checkTrail(history),
    ...checkSurprises(history),
    ...checkTyped(history, deeds),
  ];
  return {
    violations: violations.sort(
      (one, other) => (one.at ?? Number.POSITIVE_INFINITY) - (other.at ?? Number.POSITIVE_INFINITY) || one.invariant - other.invariant,
    ),
    writes,
    history,
    judged: {
      changes: deeds.length,
      refusals: writes.filter(({ outcome }) => outcome.type === 'no').length,
      reads: history.reads.length,
      screens: history.screens.length,
    },
  };
}
