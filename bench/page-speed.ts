// How fast the booking page is for a visitor with a middling phone: slow 4G and a processor at a quarter of this one's speed.
//
//   node bench/page-speed.ts http://127.0.0.1:3000/ [more addresses…]
//
// Prints the median of RUNS first visits: when the largest text is there (LCP), how long the page cannot answer a finger (TBT), and what was loaded. Chromium must be in the path.
import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const RUNS = 5;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const CPU_TIMES_SLOWER = 4;
/** What takes longer blocks a finger. */
const LONG_TASK_MILLISECONDS = 50;
/** After the network is quiet; later work is no longer part of the visit. */
const SETTLE_MILLISECONDS = 2_000;

type Visit = { readonly lcp: number; readonly tbt: number; readonly scriptKb: number; readonly allKb: number; readonly scripts: number };

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, locale: 'en-GB' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', SLOW_4G);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_TIMES_SLOWER });
  const types = new Map<string, string>();
  let [scriptBytes, allBytes, scripts] = [0, 0, 0];
  devtools.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    allBytes += encodedDataLength;
    if (types.get(requestId) !== 'Script') return;
    scriptBytes += encodedDataLength;
    scripts += 1;
  });
  await page.addInitScript(() => {
    const seen = { lcp: 0, what: '', long: [] as number[] };
    Reflect.set(globalThis, 'seen', seen);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.lcp = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.long.push(entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForTimeout(SETTLE_MILLISECONDS);
  const seen = await page.evaluate(() => Reflect.get(globalThis, 'seen') as { readonly lcp: number; readonly long: readonly number[] });
  await context.close();
  const tbt = seen.long.reduce((sum, duration) => sum + Math.max(0, duration - LONG_TASK_MILLISECONDS), 0);
  return { lcp: Math.round(seen.lcp), tbt: Math.round(tbt), scriptKb: scriptBytes / 1000, allKb: allBytes / 1000, scripts };
}

const medianOf = (visits: readonly Visit[], name: keyof Visit) =>
  visits.map((one) => one[name]).sort((one, other) => one - other)[Math.floor(visits.length / 2)] ?? 0;

const addresses = process.argv.slice(2);
if (addresses.length === 0) throw new Error('say which pages: node bench/page-speed.ts http://127.0.0.1:3000/');
const executablePath = execFileSync('sh', ['-c', 'command -v chromium-headless-shell || command -v chromium || command -v google-chrome'], {
  encoding: 'utf8',
}).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
for (const address of addresses) {
  const visits: Visit[] = [];
  for (let run = 0; run < RUNS; run += 1) visits.push(await visit(browser, address));
  const { lcp, tbt, scriptKb, allKb, scripts } = Object.fromEntries(
    (Object.keys(visits[0] ?? {}) as (keyof Visit)[]).map((name) => [name, medianOf(visits, name)]),
  ) as Visit;
  process.stdout.write(`${address}\n  LCP ${lcp} ms, TBT ${tbt} ms, ${scriptKb.toFixed(1)} kB in ${scripts} scripts, ${allKb.toFixed(1)} kB in all\n`);
}
await browser.close();
