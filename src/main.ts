import { type Logger, pino } from 'pino';
import { buildWebIfNeeded } from '../web/build.ts';
import { EXIT_CONFIG, EXIT_LOST, EXIT_UNAVAILABLE, whatIsUnavailable } from './exits.ts';
import { openLog } from './log.ts';
import { SECOND } from './model/instant.ts';
import { NewerTables } from './persistence/database/migrate.ts';
import { openServer, type Server, UnfitDatabase } from './server.ts';
import { type Config, readConfig, settingWarnings } from './settings/config.ts';

/** After `DRAIN_SECONDS`; docs/operations.md says it. What a database that is silent would still keep waiting is left. */
const CLOSE_WITHIN_MS = 30 * SECOND;

const config = readConfig(process.env, process.cwd());
if (isConfig(config)) await run(config);
else {
  process.stderr.write('These settings are wrong:\n');
  for (const { variable, message } of config) process.stderr.write(`  ${variable} ${message}\n`);
  process.exitCode = EXIT_CONFIG;
}

function isConfig(read: ReturnType<typeof readConfig>): read is Config {
  return !Array.isArray(read);
}

async function run(config: Config): Promise<void> {
  const logger = openLog(config.logLevel, pino.destination({ dest: 2, sync: true }));
  for (const warning of settingWarnings(process.env)) logger.warn(warning);
  const stopped = stopSignal();
  try {
    const webDirectory = await buildWebIfNeeded();
    await using server = await openServer(config, { logger, webDirectory });
    welcome(server, config);
    const reason = await Promise.race([stopped, server.lost]);
    logger.info({ reason }, 'closing');
    if (reason === 'taken-over' || reason === 'new-era' || reason === 'database-gone') process.exitCode = EXIT_LOST;
    endWithin(config.drainSeconds * SECOND + CLOSE_WITHIN_MS, logger);
  } catch (error) {
    const isUnfit = error instanceof UnfitDatabase || error instanceof NewerTables;
    const reason = isUnfit ? error.message : whatIsUnavailable(error);
    if (reason === undefined) throw error;
    process.stderr.write(`Slotkeeper cannot start: ${reason}\n`);
    process.exitCode = isUnfit ? EXIT_CONFIG : EXIT_UNAVAILABLE;
  }
}

/** Ends the process if it has not ended by then: every answer that was given is durable, so others lose nothing by it. */
function endWithin(milliseconds: number, logger: Logger): void {
  const end = () => {
    logger.error({ open: process.getActiveResourcesInfo() }, 'closing takes too long; the process ends without the rest');
    process.exit();
  };
  setTimeout(end, milliseconds).unref();
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function welcome({ url, demoLogins }: Server, config: Config): void {
  const lines = [`listening on ${url}`];
  if (demoLogins.length > 0 && config.demo.isOn) {
    lines.push('', `Demo business. All accounts have the password: ${config.demo.password}`);
    for (const { email, role } of demoLogins) lines.push(`  ${email.padEnd(24)} ${role}`);
  }
  lines.push('', `Book: ${url}/   Front desk: ${url}/desk   Back office: ${url}/admin   API: ${url}/docs`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
