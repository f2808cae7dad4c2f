// Plays customers and front desks against a running server; see `--help`.
import { Customer } from './traffic/customer.ts';
import { Desk } from './traffic/desk.ts';
import { ClaimJournal } from './traffic/journal.ts';
import { HELP, readOptions, type TrafficOptions, WrongOptions } from './traffic/options.ts';
import { isGood, type Report, reportOf, tableOf } from './traffic/report.ts';
import { RestCaller } from './traffic/rest-caller.ts';
import { Run } from './traffic/run.ts';
import { deskToken, readShop } from './traffic/shop.ts';
import { Tally } from './traffic/tally.ts';
import { type Comparison, compareScreens } from './traffic/verify.ts';

const WRONG_OPTIONS = 64;
const NO_SERVER = 69;

/** `string`: why it could not begin. */
async function playTraffic(options: TrafficOptions): Promise<Report | string> {
  using journal = new ClaimJournal(options.journal);
  const tally = new Tally();
  const run = new Run(options, tally, journal);
  const shop = await readShop(run);
  if (run.isServerGone) return `No server answers at ${options.url}. Start one with \`npm start\`, or name another with --url.`;
  if (shop === undefined) return `Nothing can be booked at ${options.url}. Start the server with its demo business, or add services and staff.`;
  const token = options.desks === 0 ? null : await deskToken(run);
  if (token === undefined) return `${options.deskEmail} cannot log in at ${options.url}; see --desk-email and --desk-password.`;
  const rest = new RestCaller(run, token);
  const customers = Array.from({ length: options.customers }, (_, number) => new Customer(run, shop, number));
  const desks = token === null ? [] : Array.from({ length: options.desks }, (_, number) => new Desk(run, shop, number, { token, rest }));
  const isOver = setTimeout(() => run.end(), options.seconds * 1_000);
  const progress = showProgress(run);
  await Promise.all([...customers, ...desks].map((player) => player.play()));
  clearTimeout(isOver);
  clearInterval(progress);
  const { seconds } = tally;
  const screens = await compared(run, desks, customers, rest);
  for (const player of [...customers, ...desks]) player.close();
  return reportOf(options, tally, seconds, screens);
}

async function compared(run: Run, desks: readonly Desk[], customers: readonly Customer[], rest: RestCaller): Promise<Comparison | null> {
  if (run.isServerGone) return null;
  process.stderr.write('comparing every screen with the server\n');
  const screens = await compareScreens(desks, customers, rest);
  return run.isServerGone ? null : screens;
}

/** On a terminal one line that is rewritten, elsewhere a line every five seconds. */
function showProgress({ tally, options }: Run): NodeJS.Timeout {
  const isTerminal = process.stderr.isTTY === true;
  return setInterval(
    () => {
      const refusals = [...tally.refusals.values()].reduce((sum, count) => sum + count, 0);
      const line = `${Math.round(tally.seconds)}/${options.seconds} s  ${tally.claims} claims  ${tally.wins} won  ${refusals} refused  ${tally.pushes} pushes`;
      process.stderr.write(isTerminal ? `\r${line}  ` : `${line}\n`);
    },
    isTerminal ? 500 : 5_000,
  );
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  process.stderr.write(`${options.customers} customers and ${options.desks} desks at ${options.url} for ${options.seconds} s, seed ${options.seed}\n`);
  const report = await playTraffic(options);
  if (typeof report === 'string') {
    console.error(report);
    return NO_SERVER;
  }
  console.log(options.isJson ? JSON.stringify(report) : tableOf(report));
  if (report.waits > 0) process.stderr.write('The server told us to wait: with RATE_LIMIT_SCALE=1000 it takes more from one address.\n');
  return isGood(report) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (failure) {
  if (!(failure instanceof WrongOptions)) throw failure;
  console.error(`${failure.message}\n\n${HELP}`);
  process.exitCode = WRONG_OPTIONS;
}
