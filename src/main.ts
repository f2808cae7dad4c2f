import { pino } from 'pino';
import { buildWebIfNeeded } from '../web/build.ts';
import { type Config, readConfig } from './config.ts';
import { openLog } from './log.ts';
import { SqlFailure } from './persistence/database.ts';
import { DirectoryInUse } from './persistence/pglite/directory-lock.ts';
import { openServer, type Server } from './server.ts';

/** sysexits(3): the settings are wrong; something needed is not available. */
const EXIT_CONFIG = 78;
const EXIT_UNAVAILABLE = 69;
const EXIT_LOST = 75;

/** The system's words for an address or a directory that cannot be had. */
const NOT_TO_BE_HAD = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC'];
/** No connection, not let in, no such database, out of resources, starting up or shutting down: what its administrator can change. */
const NOT_TO_BE_USED = /^(08|28|3D|53|57)/;

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
  const stopped = stopSignal();
  try {
    const webDirectory = await buildWebIfNeeded();
    await using server = await openServer(config, { logger, webDirectory });
    welcome(server, config);
    const reason = await Promise.race([stopped, server.lost]);
    logger.info({ reason }, 'closing');
    if (reason === 'taken-over' || reason === 'new-era' || reason === 'database-gone') process.exitCode = EXIT_LOST;
  } catch (error) {
    const reason = whatIsUnavailable(error);
    if (reason === undefined) throw error;
    process.stderr.write(`Slotkeeper cannot start: ${reason}\n`);
    process.exitCode = EXIT_UNAVAILABLE;
  }
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

/** What is needed and not there, such as an address that belongs to another process: nothing that a stack trace explains. `undefined`: another fault. */
function whatIsUnavailable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof DirectoryInUse || ('code' in error && NOT_TO_BE_HAD.includes(String(error.code)))) return error.message;
  if (error instanceof SqlFailure && (error.sqlState === null || NOT_TO_BE_USED.test(error.sqlState))) return `The database cannot be used: ${error.message}`;
  return whatIsUnavailable(error.cause);
}

function welcome({ url, demoLogins }: Server, config: Config): void {
  const lines = [`listening on ${url}`];
  if (demoLogins.length > 0 && config.demo.isOn) {
    lines.push('', `The demo business. Everybody's password: ${config.demo.password}`);
    for (const { email, role } of demoLogins) lines.push(`  ${email.padEnd(24)} ${role}`);
    lines.push('', `Book: ${url}/   Front desk: ${url}/desk   API: ${url}/docs`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
