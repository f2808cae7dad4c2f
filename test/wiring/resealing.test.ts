// After a change of JWT_SECRET the old one can be forgotten.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { secretBox, textSeal } from '../../src/accounts/sealed-secrets.ts';
import { MINUTE } from '../../src/model/instant.ts';
import { ADDRESSES_PURPOSE } from '../../src/wiring/open-calendars.ts';
import { SECRETS_PURPOSE } from '../../src/wiring/open-webhooks.ts';
import { resealingJob } from '../../src/wiring/resealing.ts';
import { onUsualDatabase } from '../actors/on-each-database.ts';

const [OLD, NEW, LOST] = ['o', 'n', 'l'].map((mail) => mail.repeat(32)) as [string, string, string];

onUsualDatabase('secrets that are sealed again', (place) => {
  test('are read with the new secret alone, and what was sealed under none of them stays', async () => {
    const [id, lost] = [randomUUID(), randomUUID()];
    const { sql } = place.database;
    for (const [endpointId, secret] of [
      [id, OLD],
      [lost, LOST],
    ] as const) {
      const box = secretBox([secret], SECRETS_PURPOSE);
      const [current, before] = [box.seal('whsec_now', endpointId), box.seal('whsec_before', endpointId)];
      await sql(
        `insert into webhook_endpoint (id, url, types, maker_kind, maker_id, key_id, sealed_secret, old_key_id, old_sealed_secret, old_secret_until, created_at, started_at, version)
          values ($1::uuid, 'https://x.example', '[]', 'user', $1::uuid, $2, $3, $4, $5, 0, 0, '1:1:', 1)`,
        [endpointId, current.keyId, current.sealed, before.keyId, before.sealed],
      );
      await sql(
        `insert into external_calendar (id, staff_id, calendar_id, sealed_url, host, created_at, next_refresh_at, failures, busy_times) values ($1::uuid, $1::uuid, $1::uuid, $2, 'x', 0, 0, 0, 0)`,
        [endpointId, textSeal([secret], ADDRESSES_PURPOSE).seal('https://calendar.example')],
      );
    }
    const job = resealingJob(place.database, [NEW, OLD]);
    for (let time = 0; time < 2; time += 1) await job.work({}, { jobId: '', number: 1, signal: AbortSignal.timeout(MINUTE) });
    const [box, seal] = [secretBox([NEW], SECRETS_PURPOSE), textSeal([NEW], ADDRESSES_PURPOSE)];
    const opened = async (endpointId: string) => {
      const [[keyId, sealed, oldKeyId, oldSealed] = []] = await sql(
        'select key_id, sealed_secret, old_key_id, old_sealed_secret from webhook_endpoint where id = $1',
        [endpointId],
      );
      const [[url] = []] = await sql('select sealed_url from external_calendar where id = $1', [endpointId]);
      const secrets = [
        [keyId, sealed],
        [oldKeyId, oldSealed],
      ].map(([key, text]) => box.open({ keyId: String(key), sealed: String(text) }, endpointId));
      return [...secrets, seal.open(String(url))];
    };
    assert.deepEqual(await opened(id), ['whsec_now', 'whsec_before', 'https://calendar.example']);
    assert.deepEqual(await opened(lost), [null, null, undefined]);
  });
});
