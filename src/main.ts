import { pino } from 'pino';
import { buildWebIfNeeded } from '../web/build.ts';
import { type Config, readConfig } from './config.ts';
import { DirectoryInUse } from './persistence/pglite/directory-lock.ts';
import { openServer, type Server } from './server.ts';

/** sysexits(3): the settings are wrong; something needed is not available. */
const EXIT_CONFIG = 78;
const EXIT_UNAVAILABLE = 69;
const EXIT_LOST = 75;

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
  const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const stopped = stopSignal();
  try {
    const webDirectory = await buildWebIfNeeded();
    await using server = await openServer(config, { logger, webDirectory });
    welcome(server, config);
    const reason = await Promise.race([stopped, server.lost]);
    logger.info({ reason }, 'closing');
    if (reason === 'taken-over' || reason === 'database-gone') process.exitCode = EXIT_LOST;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    process.stderr.write(`Slotkeeper cannot start: ${error.message}\n`);
    process.exitCode = EXIT_UNAVAILABLE;
  }
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

/** The address or the data directory belongs to another process, or the database does not answer: nothing that a stack trace explains. */
function isUnavailable(error: unknown): error is Error {
  if (error instanceof DirectoryInUse) return true;
  return error instanceof Error && 'code' in error && ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ECONNREFUSED', 'ENOTFOUND'].includes(String(error.code));
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
