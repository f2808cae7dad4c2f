// A process that keeps the roll-ups of a database, until it is killed: `roll-up.test.ts` does that.
import { randomUUID } from 'node:crypto';
import { Consumers } from '../../src/consumers/consumers.ts';
import { insightConsumer } from '../../src/insights/insight-consumer.ts';
import { timers } from '../../src/integrations/this-machine.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { writeInsights } from '../../src/persistence/insights/insight-rows.ts';
import { quiet } from '../consumers/followed-log.ts';

const [url = ''] = process.argv.slice(2);
const database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
// Looks all the time, so that there is always something to be killed in.
const hurried = { ...timers, after: (milliseconds: number, run: () => void) => timers.after(milliseconds / 20, run) };
new Consumers([{ ...insightConsumer(writeInsights), batchSize: 3 }], {
  ...{ store: new SqlConsumers(database), log: new ChangeLogReads(database), timers: hurried, node: randomUUID(), logger: quiet, leaseMs: 150 },
});
process.stdout.write('running\n');
