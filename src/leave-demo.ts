// `npm run leave-demo`: empties a database that holds the demo, so that a business can begin there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ReadFailure } from './actors/ports.ts';
import { demoLogins } from './demo/demo-logins.ts';
import { EXIT_CONFIG, EXIT_UNAVAILABLE, EXIT_USAGE, whatIsUnavailable } from './exits.ts';
import { dropDemo, holdsDemo } from './persistence/database/demo-mark.ts';
import { openDatabase } from './persistence/database/open-database.ts';
import { CLUSTER_FOLDER } from './persistence/database/pglite/pglite-database.ts';
import { type DatabaseConfig, readDatabaseConfig } from './settings/config.ts';

const USAGE = `usage: npm run leave-demo [-- --yes]

Empties the database in DATABASE_URL, or the embedded one in DATA_DIR (./data), if it holds the demo.
  --yes   do not ask for confirmation; required without a terminal
`;
const demoEmails = demoLogins().map(({ email }) => email);

const [word, ...others] = process.argv.slice(2);
const config = readDatabaseConfig(process.env, process.cwd());
if (others.length > 0 || (word !== undefined && word !== '--yes')) end(EXIT_USAGE, USAGE);
else if ('kind' in config) await leave(config, word === '--yes');
else end(EXIT_CONFIG, config.map(({ variable, message }) => `${variable} ${message}\n`).join(''));

function end(exitCode: number, words: string): void {
  process.stderr.write(words);
  process.exitCode = exitCode;
}

async function leave(config: DatabaseConfig, isSure: boolean): Promise<void> {
  const place = placeOf(config);
  const noDemo = `There is no demo in ${place}. Nothing was changed.\n`;
  // Opening would make one.
  if (config.kind === 'pglite' && !existsSync(join(config.directory, CLUSTER_FOLDER))) return end(EXIT_CONFIG, noDemo);
  try {
    await using database = await openDatabase(config, { migrates: false });
    if (!(await holdsDemo(database, demoEmails))) return end(EXIT_CONFIG, noDemo);
    if (!isSure && !process.stdin.isTTY) return end(EXIT_USAGE, `This would empty ${place}, and there is no terminal to confirm it. Add --yes.\n\n${USAGE}`);
    if (!isSure && !(await confirm(place))) return end(0, 'Nothing was changed.\n');
    const outcome = await dropDemo(database, demoEmails);
    if (outcome === 'no-demo') return end(EXIT_CONFIG, noDemo);
    if (outcome === 'in-use')
      return end(EXIT_UNAVAILABLE, `A server is using ${place}, or was killed seconds ago. Stop it and try again. Nothing was changed.\n`);
    process.stdout.write(`The demo is removed, and ${place} is empty. Start with OWNER_EMAIL and OWNER_PASSWORD to set up a business there.\n`);
  } catch (error) {
    const reason = whatIsUnavailable(error);
    if (reason === undefined && !(error instanceof ReadFailure)) throw error;
    end(EXIT_UNAVAILABLE, `The demo cannot be removed: ${reason ?? error}\n`);
  }
}

async function confirm(place: string): Promise<boolean> {
  process.stdout.write(`This empties ${place}, for good: every login, session and API key, locations, services, staff, appointments, customers,
e-mails and the audit trail of the demo, and whatever else was entered there.
`);
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Type yes to continue: ');
  asking.close();
  return answer.trim().toLowerCase() === 'yes';
}

/** Without a password. */
function placeOf(config: DatabaseConfig): string {
  if (config.kind === 'pglite') return `the database in ${config.directory}`;
  const { host, pathname } = new URL(config.url);
  return `the database ${decodeURIComponent(pathname.slice(1))} at ${host}`;
}
