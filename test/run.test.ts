import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DAYS } from './days.ts';

/** Holds on 29 February only: in the test's own thread, in a worker and in another process, and in what a server says. */
const LEAP = `
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
if (process.argv[2] === 'child') console.log(new Date().toISOString());
else test('it is leap day', async () => {
  const dates = [new Date().toISOString(), new Date(Date.now()).toISOString(), Temporal.Now.instant().toString(), Temporal.Now.plainDateISO('UTC').toString()];
  dates.push(execFileSync(process.execPath, [import.meta.filename, 'child'], { encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } }));
  const worker = new Worker(new URL('./worker.mjs', import.meta.url));
  dates.push((await once(worker, 'message'))[0]);
  const server = createServer((_request, response) => response.end()).listen(0);
  await once(server, 'listening');
  const { headers } = await fetch('http://127.0.0.1:' + server.address().port);
  server.close();
  dates.push(new Date(headers.get('date')).toISOString());
  assert.equal(dates.length, 7);
  for (const date of dates) assert.match(date, /^2028-02-29/);
});`;

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slotkeeper-run-'));
  await mkdir(path.join(folder, 'test', 'support'), { recursive: true });
  for (const file of ['run.ts', 'days.ts', 'pool.ts', 'together.ts', 'file-deadline.ts', 'support/clock.ts'])
    await copyFile(path.join(import.meta.dirname, file), path.join(folder, 'test', file));
  const sample = (name: string, body: string) => writeFile(path.join(folder, 'test', `${name}.test.ts`), `import { test } from 'node:test';\n${body}\n`);
  await sample('good', `test('a rule that holds', () => {});`);
  await sample('bad', `test('a rule that is broken', () => { throw new Error('broken'); });`);
  await sample('skipping', `test('a rule nobody checks', { skip: true }, () => {}); test('another that holds', () => {});`);
  await sample('empty', '');
  await sample('crashing', 'process.exit(3);');
  await sample('leap', LEAP);
  await mkdir(path.join(folder, 'test', 'model'));
  await sample(
    'model/one',
    `import { before } from 'node:test';\nlet opened = 0; before(() => { opened += 1; }); test('one of two', () => { if (opened !== 1) throw new Error('hooks'); });`,
  );
  await sample('model/other', `test('the other of two', () => {});`);
  await sample('model/unloadable', `throw new Error('cannot be loaded');`);
  const noServers = 'export const startShared = async () => ({ async [Symbol.asyncDispose]() {} });';
  await writeFile(path.join(folder, 'test', 'support', 'shared-postgres.ts'), noServers);
  const worker = `import { parentPort } from 'node:worker_threads';\nparentPort.postMessage(new Date().toISOString());\n`;
  await writeFile(path.join(folder, 'test', 'worker.mjs'), worker);
});
after(() => rm(folder, { recursive: true, force: true }));

function runTests(words: string | readonly string[], ci = '') {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  return spawnSync(process.execPath, [path.join(folder, 'test', 'run.ts'), ...[words].flat()], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...environment, CI: ci },
  });
}

test('passing tests end with the closing lines and exit code 0', () => {
  const { status, stdout } = runTests('good');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /a rule that holds[\s\S]*tests 1\n[\s\S]*pass 1\n[\s\S]*duration_ms \S+\n$/);
});

test('a failing test fails the run', () => {
  const { status, stdout } = runTests('bad');
  assert.equal(status, 1);
  assert.match(stdout, /fail 1\n/);
});

test('a file that dies fails the run', () => {
  assert.equal(runTests('crashing').status, 1);
});

test('files that share a process are all run, each with hooks of its own, and one that cannot be loaded fails the run', () => {
  const { status, stdout } = runTests(['model/one', 'model/other']);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /model\/one[\s\S]*one of two[\s\S]*model\/other[\s\S]*the other of two[\s\S]*pass 2\n/);
  const broken = runTests(['model/one', 'model/unloadable', 'model/other']);
  assert.equal(broken.status, 1);
  assert.match(broken.stdout, /cannot be loaded/);
  assert.match(broken.stdout, /pass 2\n/);
});

test('a skipped test is named, and fails the run in CI only', () => {
  assert.equal(runTests('skipping').status, 0);
  const { status, stdout } = runTests('skipping', 'true');
  assert.equal(status, 1);
  assert.match(stdout, /skipped, which is a failure in CI: a rule nobody checks \(test\/skipping\.test\.ts\)/);
});

test('a word that matches no file is an error, not a success', () => {
  const { status, stderr } = runTests('no-such-file');
  assert.equal(status, 64);
  assert.match(stderr, /no test file has "no-such-file" in its path/);
});

test('a run as if it were another day moves every clock of the test, and says which day it was', () => {
  assert.equal(runTests('leap').status, 1);
  const { status, stdout } = runTests(['--on', 'leap-day', 'leap']);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /it is leap day \[leap-day\][\s\S]*pass 1\n/);
});

test('a run on every day is one run with one summary, and fails if it fails on one of them', () => {
  const good = runTests(['--on', 'every', 'good']);
  assert.equal(good.status, 0, good.stdout);
  const days = Object.keys(DAYS).length + 1;
  assert.match(good.stdout, new RegExp(`tests ${days}\\n[\\s\\S]*pass ${days}\\n`));
  assert.equal(good.stdout.match(/duration_ms/g)?.length, 1);
  const leap = runTests(['--on', 'every', 'leap']);
  assert.equal(leap.status, 1);
  assert.match(leap.stdout, new RegExp(`pass 1\\n[\\s\\S]*fail ${days - 1}\\n[\\s\\S]*failing tests`));
});

test('a moment that is none is an error, not today', () => {
  const { status, stderr } = runTests(['--on', 'tomorrow', 'good']);
  assert.equal(status, 64);
  assert.match(stderr, /--on takes a moment .*leap-day.*; not tomorrow/);
});
