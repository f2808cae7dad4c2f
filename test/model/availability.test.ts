import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { availabilityCases, checkCase } from './availability-world.ts';

const elsewhere = fileURLToPath(new URL('availability-elsewhere.ts', import.meta.url));
const minutesBehindUtc = { UTC: 0, 'America/New_York': 300, 'Pacific/Apia': -780 };

suite('availability cases', () => {
  for (const availabilityCase of availabilityCases()) {
    test(`${availabilityCase.id}: ${availabilityCase.title}`, () => checkCase(availabilityCase));
  }
});

suite('the zone of the machine makes no difference', () => {
  for (const [zone, minutes] of Object.entries(minutesBehindUtc)) {
    test(`every case has the same answer on a machine in ${zone}`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [elsewhere], { env: { ...process.env, TZ: zone }, timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), { minutesBehindUtc: minutes, cases: 80, failures: [] });
    });
  }
});
