import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { Answer } from '../../../src/actors/scheduler.ts';
import { onUsualDatabase } from '../on-each-database.ts';
import {
  addCalendars,
  appointmentOf,
  book,
  cancel,
  claimOf,
  confirmHold,
  newKey,
  openTestNode,
  placeHold,
  releaseHold,
  reschedule,
  slot,
  wordOf,
} from '../practice.ts';

onUsualDatabase('Keys', (place) => {
  it('a repeated key gets the first answer, also from a node that has just started', async () => {
    const [one, other] = await addCalendars(place.database, 2);
    assert.ok(one && other);
    const keys = { hold: newKey(), lost: newKey(), confirm: newKey(), move: newKey(), cancel: newKey(), gone: newKey() };
    const holdId = randomUUID();
    const first: Answer[] = [];
    let appointmentId = '';
    const askAll = async (node: Awaited<ReturnType<typeof openTestNode>>['node']): Promise<Answer[]> => {
      const hold = await node.ask(keys.hold, placeHold(claimOf(one, slot()), { holdId }));
      const lost = await node.ask(keys.lost, placeHold(claimOf(one, slot())));
      const confirm = await node.ask(keys.confirm, confirmHold(holdId));
      appointmentId ||= appointmentOf(confirm).id;
      const move = await node.ask(keys.move, reschedule(appointmentId, claimOf(other, slot(2))));
      const cancelled = await node.ask(keys.cancel, cancel(appointmentId));
      return [hold, lost, confirm, move, cancelled, await node.ask(keys.gone, releaseHold(holdId))];
    };
    {
      await using practice = await openTestNode(place.database);
      first.push(...(await askAll(practice.node)));
      assert.deepEqual(first.map(wordOf), [
        'hold.placed',
        'slot-taken',
        'appointment.booked',
        'appointment.rescheduled',
        'appointment.cancelled',
        'hold-not-found',
      ]);
      assert.deepEqual(await askAll(practice.node), first.map(asRepeated));
    }
    await using restarted = await openTestNode(place.database);
    assert.deepEqual(await askAll(restarted.node), first.map(asRepeated));
    const log = await place.database.sql('select count(*) from change where calendar_id = any($1::uuid[])', [[one.calendarId, other.calendarId]]);
    assert.equal(Number(log[0]?.[0]), 5);
  });

  it('the same key for something else is refused, from memory and from the database', async () => {
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey('one thing');
    const another = { ...request, fingerprint: 'another thing' };
    {
      await using practice = await openTestNode(place.database);
      const asked = practice.node.ask(request, book(claimOf(person, slot())));
      assert.equal(wordOf(await practice.node.ask(another, book(claimOf(person, slot(1))))), 'idempotency-key-reused');
      assert.equal(wordOf(await asked), 'appointment.booked');
      assert.equal(wordOf(await practice.node.ask(another, book(claimOf(person, slot(1))))), 'idempotency-key-reused');
    }
    await using restarted = await openTestNode(place.database);
    assert.equal(wordOf(await restarted.node.ask(another, book(claimOf(person, slot(1))))), 'idempotency-key-reused');
    assert.equal(wordOf(await restarted.node.ask(request, book(claimOf(person, slot())))), 'appointment.booked');
    assert.equal((await place.database.sql('select 1 from claim where calendar_id = $1', [person.calendarId])).length, 1);
  });

  it('keys of two callers have nothing to do with each other', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey();
    const answers = await Promise.all([
      practice.node.ask(request, book(claimOf(person, slot()))),
      practice.node.ask({ ...request, caller: 'user:another' }, book(claimOf(person, slot(1)))),
    ]);
    assert.deepEqual(answers.map(wordOf), ['appointment.booked', 'appointment.booked']);
  });

  it('who asks again while the first is under way gets the answer of the first', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey();
    const answers = await Promise.all(Array.from({ length: 20 }, () => practice.node.ask(request, book(claimOf(person, slot())))));
    const [first] = answers;
    assert.ok(first);
    assert.deepEqual(
      answers.slice(1),
      Array.from({ length: 19 }, () => asRepeated(first)),
    );
    assert.equal(wordOf(first), 'appointment.booked');
  });

  it('an abandoned key can never do anything any more', async () => {
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey();
    {
      await using practice = await openTestNode(place.database);
      assert.deepEqual(await practice.node.abandon(request), { outcome: 'no', refusal: { code: 'abandoned' }, replayed: false });
      assert.equal(wordOf(await practice.node.ask(request, book(claimOf(person, slot())))), 'abandoned');
      assert.equal(wordOf(await practice.node.abandon(request)), 'abandoned');
    }
    await using restarted = await openTestNode(place.database);
    assert.equal(wordOf(await restarted.node.ask(request, book(claimOf(person, slot())))), 'abandoned');
    assert.equal(wordOf(await restarted.node.ask(newKey(), book(claimOf(person, slot())))), 'appointment.booked');
  });

  it('who abandons a key that was answered is told what became of it', async () => {
    await using practice = await openTestNode(place.database);
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    const request = newKey();
    const booked = await practice.node.ask(request, book(claimOf(person, slot())));
    // A caller that abandons does not know what was asked.
    assert.deepEqual(await practice.node.abandon({ ...request, fingerprint: 'unknown' }), asRepeated(booked));
  });

  it('abandoned while under way: either it was done and that is said, or it never will be', async () => {
    await using practice = await openTestNode(place.database);
    const people = await addCalendars(place.database, 8);
    for (let round = 0; round < 12; round += 1) {
      const pairs = await Promise.all(
        people.map(async (person, index) => {
          const request = newKey();
          const asked = () => practice.node.ask(request, book(claimOf(person, slot(round))));
          const abandoned = () => practice.node.abandon(request);
          const turns = async (count: number) => {
            for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
          };
          // Some before, some together, some a little after.
          const [answer, end] = await Promise.all([turns(index === 0 ? 1 : 0).then(asked), turns(index >> 1).then(abandoned)]);
          return { person, answer, end };
        }),
      );
      for (const { person, answer, end } of pairs) {
        assert.equal(wordOf(end), answer.outcome === 'ok' ? 'appointment.booked' : 'abandoned');
        const rows = await place.database.sql('select 1 from claim where calendar_id = $1 and starts_at = $2', [person.calendarId, slot(round)]);
        assert.equal(rows.length, answer.outcome === 'ok' ? 1 : 0);
      }
    }
  });

  it('a refusal that somebody else found stays true for its key', async () => {
    const request = newKey();
    const [person] = await addCalendars(place.database, 1);
    assert.ok(person);
    {
      await using practice = await openTestNode(place.database);
      assert.equal(wordOf(await practice.node.refuse(request, { code: 'too-far' })), 'too-far');
      assert.equal(wordOf(await practice.node.ask(request, book(claimOf(person, slot())))), 'too-far');
    }
    await using restarted = await openTestNode(place.database);
    assert.equal(wordOf(await restarted.node.ask(request, book(claimOf(person, slot())))), 'too-far');
    assert.deepEqual(await restarted.node.recall(request), { outcome: 'no', refusal: { code: 'too-far' }, replayed: true });
  });
});

function asRepeated(answer: Answer): Answer {
  return answer.outcome === 'ok' || answer.outcome === 'no' ? { ...answer, replayed: true } : answer;
}
