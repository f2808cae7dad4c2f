// A process that runs a consumer over a database, until it is killed: `consumer-kill.test.ts` does that.
import { randomUUID } from 'node:crypto';
import { Consumers } from '../../src/consumers/consumers.ts';
import { timers } from '../../src/integrations/this-machine.ts';
import { ChangeLogReads } from '../../src/persistence/change-log/change-log-reads.ts';
import { SqlConsumers } from '../../src/persistence/change-log/consumer-store.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { notingConsumer, quiet } from './followed-log.ts';

const [url = '', name = ''] = process.argv.slice(2);
const database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
const consumer = notingConsumer({ name, batchSize: 7 });
// Looks all the time, so that there is always something to be killed in.
const hurried = { ...timers, after: (milliseconds: number, run: () => void) => timers.after(milliseconds / 20, run) };
new Consumers([consumer], {
  store: new SqlConsumers(database),
  log: new ChangeLogReads(database),
  timers: hurried,
  node: randomUUID(),
  logger: quiet,
  leaseMs: 150,
});
process.stdout.write('running\n');
