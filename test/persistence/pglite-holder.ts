// A process of its own for pglite.test.ts: holds a directory and writes rows, saying the number of each once it was acknowledged.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/persistence/database/open-database.ts';

const STDOUT = 1;
const MOST_ROWS = 100_000;

const directory = process.argv[2];
if (directory === undefined) throw new Error('usage: pglite-holder.ts <directory>');
const database = await openDatabase({ kind: 'pglite', directory });
writeSync(STDOUT, 'open\n');
const connection = await database.connect();
for (let row = 1; row <= MOST_ROWS; row += 1) {
  await connection.run(`insert into change (calendar_id, revision, epoch, at, events, entry_id) values ($1, $2, 0, 0, '[]', $1)`, [randomUUID(), row]);
  writeSync(STDOUT, `${row}\n`);
}
