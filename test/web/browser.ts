// The demo business with its bundled pages on a free port, and a real browser in front of it.
import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { getTestContext } from 'node:test';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page, type WebSocketRoute } from 'playwright-core';
import type { Problem } from '../../src/protocol/problems.ts';
import { buildWebIfNeeded } from '../../web/build.ts';
import { clockAheadMs } from '../support/clock.ts';
import { everyDay } from '../support/dates.ts';
import { askOver, openTestServer, TEST_PASSWORD } from '../support/test-server.ts';

const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE_MS = 30_000;

/** Where this machine has a browser to test with; `undefined` if it has none. */
export function findBrowser(): string | undefined {
  const inPath = (process.env.PATH ?? '').split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return [...inPath, ...ELSEWHERE].find((candidate) => existsSync(candidate) && globSync(candidate.replaceAll(/[[\]*?]/g, '\\$&')).length > 0);
}

export type Shop = AsyncDisposable & {
  readonly url: string;
  /** A new visitor with a browser profile of their own. `where` is a path, or an address that leads to this server by a detour. */
  visit(where: string, options?: BrowserContextOptions): Promise<Page>;
  /** Stops the server and starts it again at the same address, on the database of `DATABASE_URL`. */
  restart(): Promise<void>;
  /** What pages did that they must not do: scripts that failed, and content that the policy refused. */
  readonly faults: string[];
};

/** The demo, or a business with nothing but its owner. */
export async function openShop(executablePath: string, settings: Readonly<Record<string, string>> = {}, isDemo = true): Promise<Shop> {
  await using opening = new AsyncDisposableStack();
  const webDirectory = await buildWebIfNeeded();
  let server = await openTestServer({ isDemo, settings, webDirectory });
  opening.defer(() => server[Symbol.asyncDispose]());
  const { url } = server;
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  opening.defer(() => browser.close());
  const faults: string[] = [];
  const stack = opening.move();
  return {
    url,
    faults,
    visit: (where, options) => visit(browser, new URL(where, url).href, faults, options),
    async restart() {
      await server[Symbol.asyncDispose]();
      server = await openTestServer({ isDemo, settings: { ...settings, PORT: new URL(url).port }, webDirectory });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * The demo with room: everyone at its first place is there from seven to nine on every day of the week, and never closed. The demo's own hours leave some
 * days without a free time, or with only one, and which ones they are differs by date. A holiday of one person stays.
 */
export async function openRoomyShop(executablePath: string, settings: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const shop = await openShop(executablePath, settings);
  const { accessToken: token } = (await askOver(shop.url, 'POST', '/v1/auth/login', { body: { email: 'owner@demo.test', password: TEST_PASSWORD } })).body;
  const ask = async (method: string, path: string, body?: object) => {
    const said = await askOver(shop.url, method, path, { token, ...(body && { body }) });
    assert.ok(said.status < 300, `${method} ${path}: ${said.text}`);
    return said.body;
  };
  const place = (await ask('GET', '/v1/locations')).items[0];
  await ask('PUT', `/v1/locations/${place.id}/hours`, { weekly: everyDay('07:00', '21:00') });
  for (const date of Object.keys(place.specialDates)) await ask('DELETE', `/v1/locations/${place.id}/special-dates/${date}`);
  for (const { id, locationId } of (await ask('GET', '/v1/staff')).items) {
    if (locationId !== place.id) continue;
    await ask('PUT', `/v1/staff/${id}/hours`, { weekly: null });
    for (const date of Object.keys((await ask('GET', `/v1/staff/${id}/hours`)).dateOverrides)) await ask('DELETE', `/v1/staff/${id}/date-overrides/${date}`);
  }
  return shop;
}

/** The line between a page and the server's socket: it can be cut, and it can lose single messages. */
export type Line = {
  isCut: boolean;
  loses: RegExp | undefined;
  /** What the next connection is refused with, once. */
  refuses: Problem | undefined /** Connections so far. */;
  opened: number /** Beacons that have arrived. */;
  beacons: number;
  /** What the page has sent over the socket, as it went. */
  readonly sent: string[];
  cut(): void;
  mend(): void;
};
const lines = new WeakMap<Page, Line>();

export function lineOf(page: Page): Line {
  const line = lines.get(page);
  if (line === undefined) throw new Error('this page was not opened by visit');
  return line;
}

/** Nothing else is intercepted: a browser that has to ask about each request caches nothing. Pages speak to the socket by WebSocket alone. */
async function layLine(context: BrowserContext): Promise<Line> {
  const open = new Set<WebSocketRoute>();
  const line: Line = {
    isCut: false,
    loses: undefined,
    refuses: undefined,
    opened: 0,
    beacons: 0,
    sent: [],
    cut() {
      line.isCut = true;
      for (const socket of open) void socket.close();
    },
    mend() {
      line.isCut = false;
    },
  };
  await context.routeWebSocket('**/socket.io/**', (socket) => {
    if (line.isCut) {
      void socket.close();
      return;
    }
    open.add(socket);
    line.opened += 1;
    socket.onClose(() => open.delete(socket));
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      line.sent.push(String(message));
      if (line.refuses !== undefined && String(message).startsWith('40')) {
        // As Socket.IO says that a namespace is not open to somebody.
        socket.send(`44${JSON.stringify({ message: line.refuses.code, data: { problem: line.refuses } })}`);
        line.refuses = undefined;
        return;
      }
      server.send(message);
    });
    server.onMessage((message) => {
      if (line.loses?.test(String(message))) return;
      if (String(message).includes('"beacon"')) line.beacons += 1;
      socket.send(message);
    });
  });
  return line;
}

async function visit(browser: Browser, url: string, faults: string[], options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Lisbon',
    reducedMotion: 'reduce',
    ...options,
  });
  // A page that no test looks at any more would go on listening and drawing what the next ones change.
  const current = getTestContext();
  if (current !== undefined && 'after' in current) current.after(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  await context.exposeBinding('reportFault', (_source, words: string) => faults.push(words));
  await context.addInitScript(watchPolicy);
  if (clockAheadMs !== 0) await context.addInitScript(moveClock, clockAheadMs);
  const line = await layLine(context);
  const page = await context.newPage();
  lines.set(page, line);
  page.on('pageerror', (error) => faults.push(`${error.name}: ${error.message}`));
  await page.goto(url);
  return page;
}

/** Runs in the page, before anything else there. */
function watchPolicy(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    const report = Reflect.get(globalThis, 'reportFault');
    if (typeof report === 'function') report(`${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`);
  });
}

/** Runs in the page: its clock is that much ahead of the machine's, as the server's is in the tests. */
export function moveClock(aheadMs: number): void {
  const RealDate = Date;
  const timeNow = () => RealDate.now() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (date, given, made) => Reflect.construct(date, given.length === 0 ? [timeNow()] : given, made),
    get: (date, name) => (name === 'now' ? timeNow : Reflect.get(date, name)),
  });
}

/** One key after the other, each once the page has drawn what the one before did: no hand is faster. */
export async function pressInTurn(page: Page, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
}

type Point = { readonly x: number; readonly y: number };

/** With a finger, which rests until something is picked up. */
export async function dragByFinger(page: Page, from: Point, to: Point): Promise<void> {
  const devices = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]) =>
    devices.send('Input.dispatchTouchEvent', { type, touchPoints: [...points] });
  await touch('touchStart', [from]);
  await page.locator('[data-moving]').or(page.locator('.shelf')).first().waitFor();
  for (const share of [0.2, 0.4, 0.6, 0.8, 1]) await touch('touchMove', [{ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }]);
  await touch('touchEnd', []);
  await devices.detach();
}

export async function dragByMouse(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

export async function logIn(page: Page, email = 'owner@demo.test'): Promise<void> {
  // By their places: the page may be in any language.
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(TEST_PASSWORD);
  await page.locator('form button[type="submit"]').click();
  // On a phone the desk begins with the list.
  await page.locator('.column, .agenda-row, .agenda .nothing, .month:not(.mini), .sheet-frame').first().waitFor();
}

/** Opens a place of the back office, such as `services/new`. */
export async function openOffice(shop: Shop, where: string, email = 'owner@demo.test', extras: BrowserContextOptions = {}): Promise<Page> {
  const page = await shop.visit(`/admin#${where}`, extras);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('.menu').waitFor();
  return page;
}

/**
 * How often the pointer is pressed in this tab from now on, whatever page it shows. What is typed does not count; a choice from a list or of a file is two
 * presses, one to open it and one to choose.
 */
export async function countPresses(page: Page): Promise<() => Promise<number>> {
  let presses = 0;
  await page.exposeBinding('reportPresses', (_source, more: number) => {
    presses += more;
  });
  await page.addInitScript(watchPresses);
  await page.evaluate(watchPresses);
  return async () => {
    // What the page has reported before arrives before this answer.
    await page.evaluate(() => undefined);
    return presses;
  };
}

/** Runs in the page. */
function watchPresses(): void {
  const report = (more: number) => {
    const tell = Reflect.get(globalThis, 'reportPresses');
    if (typeof tell === 'function') tell(more);
  };
  addEventListener('pointerdown', () => report(1), true);
  addEventListener(
    'change',
    ({ target }) => {
      if (target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === 'file')) report(2);
    },
    true,
  );
}

/** Rules of axe that can find something in the dark which they did not find in the light. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/**
 * Every rule of axe that is on by default, once nothing moves any more: half-way colours are not those of the page. Names what is wrong and where. In the dark only the rules
 * about colours, for what is looked at in the light, too.
 */
export async function assertAccessible(page: Page, where: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  await eventually('nothing moves', () => page.evaluate(() => document.getAnimations().every(({ playState }) => playState !== 'running')));
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const options: axe.RunOptions = { resultTypes: ['violations'], ...(colorScheme === 'dark' && { runOnly: RULES_OF_COLOUR }) };
  const violations = await page.evaluate(async (given) => {
    const loaded: typeof axe = Reflect.get(globalThis, 'axe');
    const { violations: found } = await loaded.run(document, given);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }, options);
  assert.deepEqual(violations, [], where);
}

/** Waits for a fact in the page, asked again and again, with a limit. */
export async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!(await check())) {
    if (performance.now() > until) assert.fail(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
