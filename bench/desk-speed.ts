// What the desk's page costs a processor at a quarter of this one's speed: with 50 changes a second on 12 columns, and with nothing but eight holds running out.
//
//   node bench/desk-speed.ts http://127.0.0.1:3000/ owner@demo.test demo-demo-demo
//
// The calendars are made up and come over the page's own socket in the server's words, so that a small demo will do. Chromium must be in the path.
import { execFileSync } from 'node:child_process';
import { type CDPSession, chromium, type Page, type WebSocketRoute } from 'playwright-core';

const CPU_TIMES_SLOWER = 4;
const COLUMNS = 12;
const CLAIMS_PER_COLUMN = 12;
const HOLDS = 8;
const CHANGES_A_SECOND = 50;
const SECONDS = 10;
const MINUTE = 60_000;
/** Shorter than the life of a hold, so that each second is drawn. */
const HOLD_MILLISECONDS = 4 * MINUTE;

const [address, email, password] = process.argv.slice(2);
if (address === undefined || email === undefined || password === undefined) throw new Error('say: node bench/desk-speed.ts <address> <e-mail> <password>');

const idOf = (kind: number, number: number) => `00000000-0000-4000-8000-${String(kind).padStart(4, '0')}${String(number).padStart(8, '0')}`;
const calendarId = (column: number) => idOf(1, column);
const era = 'bench';
const text = (at: number) => new Date(at).toISOString();

/** Twelve people, each with a full day; the first eight have a hold as well. */
function snapshot(from: number): object {
  const startsAt = (slot: number) => from + (9 * 60 + slot * 40) * MINUTE;
  const columns = Array.from({ length: COLUMNS }, (_, column) => ({
    calendarId: calendarId(column),
    staffId: idOf(2, column),
    staffName: `Person ${column + 1}`,
    presence: 'here',
  }));
  const hours = { timeZone: 'UTC', windows: [{ startsAt: text(from + 540 * MINUTE), endsAt: text(from + 1080 * MINUTE) }], timeOff: [], external: [] };
  const claim = (column: number, slot: number) => ({
    id: idOf(3, column * 100 + slot),
    startsAt: text(startsAt(slot)),
    endsAt: text(startsAt(slot) + 30 * MINUTE),
    ...{ lane: 0, seats: 1, serviceId: null, serviceName: 'Haircut' },
    ...(slot === 0 && column < HOLDS
      ? { kind: 'hold', status: 'held', expiresAt: text(Date.now() + HOLD_MILLISECONDS) }
      : { kind: 'appointment', status: 'booked', customer: { id: idOf(4, slot), name: `Customer ${slot}`, email: null, phone: null } }),
  });
  const calendars = columns.map(({ calendarId: id, staffId }, column) => ({
    ...{ calendarId: id, staffId, revision: 1, hours },
    claims: Array.from({ length: CLAIMS_PER_COLUMN }, (_, slot) => claim(column, slot)),
  }));
  return { ok: true, era, timeZone: 'UTC', columns, resources: [], calendars, unchanged: [] };
}

/** Answers the page's board itself; everything else is the server's. */
async function standIn(page: Page): Promise<() => { socket: WebSocketRoute; watchId: string; from: number }> {
  let watched: { socket: WebSocketRoute; watchId: string; from: number } | undefined;
  await page.routeWebSocket('**/socket.io/**', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(message));
    socket.onMessage((message) => {
      const [, ack, body] = /^42(\d+)(\["watch-board".*)$/s.exec(String(message)) ?? [];
      if (ack === undefined || body === undefined) return server.send(message);
      const { watchId, from } = JSON.parse(body)[1];
      watched = { socket, watchId, from: Date.parse(`${from}T00:00:00Z`) };
      socket.send(`43${ack}[${JSON.stringify(snapshot(watched.from))}]`);
    });
  });
  return () => watched ?? fail('the page has not asked for a board');
}

function fail(words: string): never {
  throw new Error(words);
}

type Cost = { readonly scriptMs: number; readonly taskMs: number; readonly frames: number };

/** Counting frames makes some, so where nothing happens none are counted. */
async function costOf(page: Page, devtools: CDPSession, work: () => Promise<void>, countsFrames: boolean): Promise<Cost> {
  const read = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000;
    return { scriptMs: of('ScriptDuration'), taskMs: of('TaskDuration') };
  };
  await page.evaluate((isCounting) => {
    const count = { frames: 0 };
    Reflect.set(globalThis, 'count', count);
    const next = () => {
      count.frames += 1;
      requestAnimationFrame(next);
    };
    if (isCounting) requestAnimationFrame(next);
  }, countsFrames);
  const before = await read();
  await work();
  const after = await read();
  const frames = await page.evaluate(() => (Reflect.get(globalThis, 'count') as { frames: number }).frames);
  return { scriptMs: after.scriptMs - before.scriptMs, taskMs: after.taskMs - before.taskMs, frames };
}

const executablePath = execFileSync('sh', ['-c', 'command -v chromium-headless-shell || command -v chromium || command -v google-chrome'], {
  encoding: 'utf8',
}).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: 'en-GB' })).newPage();
const board = await standIn(page);
await page.goto(new URL('/desk', address).href);
await page.getByLabel('E-mail').fill(email);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Log in' }).click();
await page
  .locator('.column')
  .nth(COLUMNS - 1)
  .waitFor();
const devtools = await page.context().newCDPSession(page);
await devtools.send('Performance.enable');
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
await wait(2_000);

const idle = await costOf(page, devtools, () => wait(SECONDS * 1000).then(() => undefined), false);
process.stdout.write(
  `nothing happens, ${HOLDS} holds, at 1×: ${(idle.scriptMs / SECONDS).toFixed(1)} ms script, ${(idle.taskMs / SECONDS).toFixed(1)} ms of all a second\n`,
);

await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_TIMES_SLOWER });
const revisions = new Array<number>(COLUMNS).fill(1);
let nth = 0;
const busy = await costOf(
  page,
  devtools,
  async () => {
    const { socket, watchId, from } = board();
    const begin = performance.now();
    while (performance.now() - begin < SECONDS * 1000) {
      const due = Math.floor(((performance.now() - begin) / 1000) * CHANGES_A_SECOND);
      for (; nth < due; nth += 1) {
        const column = nth % COLUMNS;
        const base = revisions[column] ?? 1;
        revisions[column] = base + 1;
        const slot = 1 + (nth % (CLAIMS_PER_COLUMN - 1));
        const startsAt = from + (9 * 60 + slot * 40 + (nth % 2) * 5) * MINUTE;
        const moved = { type: 'appointment.rescheduled', appointmentId: idOf(3, column * 100 + slot), calendarId: calendarId(column), at: text(Date.now()) };
        const event = { ...moved, startsAt: text(startsAt), endsAt: text(startsAt + 30 * MINUTE) };
        socket.send(`42["board-changed",${JSON.stringify({ watchId, era, calendarId: calendarId(column), base, revision: base + 1, events: [event] })}]`);
      }
      await wait(5);
    }
  },
  true,
);
const perFrame = busy.frames === 0 ? 0 : busy.scriptMs / busy.frames;
process.stdout.write(
  `${CHANGES_A_SECOND} changes a second on ${COLUMNS} columns at ${CPU_TIMES_SLOWER}×: ${perFrame.toFixed(1)} ms script a frame, ${(busy.frames / SECONDS).toFixed(0)} frames a second, ${(busy.scriptMs / SECONDS).toFixed(0)} ms script a second\n`,
);
await browser.close();
