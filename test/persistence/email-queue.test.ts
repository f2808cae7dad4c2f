import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { HOUR } from '../../src/model/instant.ts';
import { emailQueue } from '../../src/persistence/mail/email-queue.ts';
import { onEachDatabase } from '../actors/on-each-database.ts';
import { emailState, TOKEN, writeEmail } from '../mail/told.ts';
import { timeNow } from '../support/clock.ts';

onEachDatabase('e-mails that wait', (place) => {
  afterEach(async () => void (await place.database.sql('delete from notification')));

  test('a lease keeps others away; a node that lost it can only record that an e-mail has left', async () => {
    const queue = emailQueue(place.database);
    const id = await writeEmail(place.database);
    const [first] = await queue.take(5, 0);
    assert.ok(first);
    const [second] = await queue.take(5, HOUR);
    assert.deepEqual([second?.id, second?.attempts, await queue.take(5, HOUR)], [id, 2, []]);
    await queue.settle([{ ...first, status: 'failed', failure: 'refused 550' }]);
    await queue.settle([{ ...first, status: 'waiting', failure: 'timed-out', delayMs: 0 }]);
    await queue.release([first]);
    assert.deepEqual(await queue.renew([first], 0), []);
    assert.deepEqual(await emailState(place.database, id), { delivery: 'waiting', attempts: 2, token: TOKEN, failure: null });
    assert.deepEqual(await queue.renew([second ?? assert.fail()], HOUR), [id]);
    await queue.release([second ?? assert.fail()]);
    const [again] = await queue.take(5, HOUR);
    assert.deepEqual([again?.id, again?.attempts], [id, 2], 'what is given back was not taken');
    await queue.settle([{ ...(again ?? assert.fail()), status: 'failed', failure: 'refused 550' }]);
    assert.deepEqual(await emailState(place.database, id), { delivery: 'failed', attempts: 2, token: null, failure: 'refused 550' });
    await queue.settle([{ ...first, status: 'sent', failure: null }]);
    assert.deepEqual(await emailState(place.database, id), { delivery: 'sent', attempts: 2, token: null, failure: null });
  });

  test('of many who take at once each gets e-mails of its own, and together they get all', async () => {
    const queue = emailQueue(place.database);
    for (let round = 0; round < 5; round += 1) {
      const ids = await Promise.all(Array.from({ length: 50 }, () => writeEmail(place.database)));
      // More than there are e-mails for.
      const taken = await Promise.all(Array.from({ length: 15 }, () => queue.take(5, HOUR)));
      const rest = await queue.take(ids.length, HOUR);
      assert.deepEqual([...taken.flat(), ...rest].map(({ id }) => id).sort(), ids.sort());
    }
  });

  test('those that are new go first, those that are tried again when their time has come', async () => {
    const queue = emailQueue(place.database);
    const older = await writeEmail(place.database, { ageMs: HOUR });
    const [first] = await queue.take(1, HOUR);
    assert.equal(first?.id, older);
    await queue.settle([{ ...first, status: 'waiting', failure: 'timed-out', delayMs: -1_000 }]);
    const newer = await writeEmail(place.database);
    const later = await writeEmail(place.database);
    await place.database.sql('update notification set next_attempt_at = $2 where id = $1', [later, timeNow() + HOUR]);
    const due = [...(await queue.take(1, HOUR)), ...(await queue.take(5, HOUR))];
    assert.deepEqual(
      due.map(({ id, failure }) => [id, failure]),
      [
        [newer, null],
        [older, 'timed-out'],
      ],
    );
    const { emails, oldestMs } = await queue.waiting();
    assert.equal(emails, 3);
    assert.ok(Math.abs(oldestMs - HOUR) < 60_000);
  });
});
