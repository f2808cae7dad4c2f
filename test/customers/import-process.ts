// A process that imports a table into a database, until it is killed: `import.test.ts` does that.
import { readFile } from 'node:fs/promises';
import { SYSTEM } from '../../src/audit/audit-entry.ts';
import { CustomerImports } from '../../src/customers/import-customers.ts';
import { EVERYWHERE } from '../../src/customers/within.ts';
import { instant } from '../../src/model/instant.ts';
import { customerStore } from '../../src/persistence/customers/customer-store.ts';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { timeNow } from '../support/clock.ts';

const [url = '', file = ''] = process.argv.slice(2);
await using database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
const imports = new CustomerImports({ store: customerStore(database, false), now: () => instant(timeNow()) });
await imports.import({ table: await readFile(file), mode: 'all', isDryRun: false, within: EVERYWHERE }, SYSTEM);
