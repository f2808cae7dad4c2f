// Many callers at once on few calendars, and a memory of what each was told, to be compared with the database afterwards.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { SchedulerNode } from '../../src/actors/cluster/scheduler-node.ts';
import type { Answer, Candidate, RequestKey, SchedulerCommand } from '../../src/actors/scheduler.ts';
import type { Database } from '../../src/persistence/database/database.ts';
import { book, cancel, claimOf, confirmHold, newDraft, newKey, placeHold, releaseHold, reschedule, slot } from '../actors/practice.ts';

const CALLERS = 30;
const SLOTS = 60;
/** After a fault is over, everything is settled within this. */
const SETTLE_MS = 30_000;

export type Asked = { readonly request: RequestKey; readonly command: SchedulerCommand; answer: Answer };
export type Random = () => number;

/** A small generator (mulberry32), so that a run can be repeated from its seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Asks until it is stopped; then every question has an answer. */
export function startLoad(node: SchedulerNode, people: readonly Candidate[], random: Random) {
  const asked: Asked[] = [];
  let isStopped = false;
  const call = async () => {
    while (!isStopped) {
      const command = commandFrom(people, asked, random);
      const one: Asked = { request: newKey(), command, answer: { outcome: 'unknown' } };
      asked.push(one);
      one.answer = await askAndListen(node, one);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  return {
    asked,
    /** Ends the load, and repeats under its own key whatever has no definite answer until it has one. */
    async settle(): Promise<readonly Asked[]> {
      isStopped = true;
      await Promise.all(callers);
      const deadline = performance.now() + SETTLE_MS;
      for (const one of asked) {
        while (one.answer.outcome === 'unknown' || one.answer.outcome === 'retry') {
          if (performance.now() > deadline) throw new Error(`no definite answer for ${one.request.key}: ${JSON.stringify(one.answer)}`);
          one.answer = await askAndListen(node, one);
        }
      }
      return asked;
    },
  };
}

/** A question that fails is one without an answer. */
async function askAndListen(node: SchedulerNode, { request, command }: Asked): Promise<Answer> {
  return node.ask(request, command).catch(() => ({ outcome: 'unknown' }) as const);
}

function commandFrom(people: readonly Candidate[], asked: readonly Asked[], random: Random): SchedulerCommand {
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const person = pick(people);
  assert.ok(person);
  const ask = claimOf(random() < 0.2 ? people : person, slot(Math.floor(random() * SLOTS)));
  const earlier = pick(asked)?.command;
  const choice = random();
  if (earlier?.type === 'book' && choice < 0.2) return cancel(earlier.draft.id);
  if (earlier?.type === 'book' && choice < 0.6) return reschedule(earlier.draft.id, ask);
  if (earlier?.type === 'place-hold' && choice < 0.3) return confirmHold(earlier.holdId, newDraft());
  if (earlier?.type === 'place-hold' && choice < 0.4) return releaseHold(earlier.holdId);
  return choice < 0.75 ? book(ask) : placeHold(ask, { holdId: randomUUID(), holdSeconds: 1 + Math.floor(random() * 3) });
}

const BY_KEY = `select r.key, r.outcome, r.calendar_id, r.revision, r.refusal, (select h.events -> (r.event_index::int) from change h where h.calendar_id = r.calendar_id and h.revision = r.revision),
  (select count(*)::int from change h where h.entry_id = r.entry_id) from request r where r.key = any($1)`;

/** Each yes stands in the change log once, as it was answered; each no is written down as a no and nothing of it was done. */
export async function auditAnswers(database: Database, asked: readonly Asked[]): Promise<{ readonly yes: number; readonly no: number }> {
  const rows = new Map((await database.sql(BY_KEY, [asked.map(({ request }) => request.key)])).map((row) => [row[0], row]));
  const tally = { yes: 0, no: 0 };
  for (const { request, command, answer } of asked) {
    const row = rows.get(request.key);
    assert.ok(row, `${request.key} was answered and is not written down`);
    const [, outcome, calendarId, revision, refusal, event, steps] = row;
    if (answer.outcome === 'ok') {
      tally.yes += 1;
      assert.deepEqual([outcome, calendarId, Number(revision), event], ['ok', answer.calendarId, answer.revision, plain(answer.event)]);
      const isMove = answer.event.type === 'appointment.rescheduled' && answer.event.from.calendarId !== answer.event.appointment.calendarId;
      assert.equal(steps, isMove ? 2 : 1, request.key);
    } else {
      assert.equal(answer.outcome, 'no');
      tally.no += 1;
      assert.deepEqual([outcome, refusal], ['no', answer.outcome === 'no' ? plain(answer.refusal) : null]);
    }
    const freshId = command.type === 'book' || command.type === 'confirm-hold' ? command.draft.id : command.type === 'place-hold' ? command.holdId : undefined;
    if (freshId !== undefined) await onlyIfYes(database, freshId, answer);
  }
  return tally;
}

/** What was newly made: made once after a yes, never after a no. */
async function onlyIfYes(database: Database, id: string, answer: Answer): Promise<void> {
  const made = await database.sql(
    `select 1 from change h, json_array_elements(h.events) e where (e ->> 'isNew' = 'true' and e -> 'appointment' ->> 'id' = $1) or (e ->> 'type' = 'hold.placed' and e -> 'hold' ->> 'id' = $1)`,
    [id],
  );
  assert.equal(made.length, answer.outcome === 'ok' ? 1 : 0, `${id} was made ${made.length} times`);
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
