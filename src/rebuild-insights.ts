// `npm run rebuild-insights`: the sums of reports from the appointments and the books, in the database that the server would open.

import { EXIT_CONFIG, EXIT_UNAVAILABLE, whatIsUnavailable } from './exits.ts';
import { openDatabase } from './persistence/database/open-database.ts';
import { rebuildInsights } from './persistence/insights/rebuild-insights.ts';
import { readDatabaseConfig } from './settings/config.ts';

const config = readDatabaseConfig(process.env, process.cwd());
if (!('kind' in config)) {
  for (const { variable, message } of config) process.stderr.write(`${variable} ${message}\n`);
  process.exitCode = EXIT_CONFIG;
} else {
  try {
    await using database = await openDatabase(config, { migrates: false });
    const appointments = await rebuildInsights(database, (counted) => process.stderr.write(`\r${counted} appointments`));
    process.stdout.write(`\n${appointments} appointments are counted\n`);
  } catch (error) {
    const reason = whatIsUnavailable(error);
    if (reason === undefined) throw error;
    process.stderr.write(`The reports cannot be built: ${reason}\n`);
    process.exitCode = EXIT_UNAVAILABLE;
  }
}
