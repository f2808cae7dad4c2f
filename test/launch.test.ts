import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const PROJECT = path.join(import.meta.dirname, '..');
/** Makes the launcher believe in an old Node that cannot replace its process either. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}});delete process.execve`;

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slotkeeper-launch-'));
  for (const file of ['launch.mjs', 'stop-with-npm.mjs']) await copyFile(path.join(PROJECT, file), path.join(folder, file));
});
after(() => rm(folder, { recursive: true, force: true }));

function launch(nodeArguments: readonly string[], ...rest: readonly string[]) {
  return spawnSync(process.execPath, [...nodeArguments, path.join(folder, 'launch.mjs'), ...rest], { encoding: 'utf8', timeout: 20_000 });
}

async function install(): Promise<void> {
  await mkdir(path.join(folder, 'node_modules', '.bin'), { recursive: true });
  await writeFile(
    path.join(folder, 'entry.ts'),
    `const words: readonly string[] = process.argv.slice(2);
     console.log(words.join(' '));
     if (words[0] === 'wait') setInterval(() => {}, 1_000);
     process.exitCode = 7;`,
  );
}

test('without an entry point the launcher says how it is used', () => {
  const { status, stderr } = launch([]);
  assert.equal(status, 64);
  assert.match(stderr, /usage: node launch\.mjs/);
});

test('before `npm ci` the launcher says so', () => {
  const { status, stderr } = launch([], 'entry.ts');
  assert.equal(status, 69);
  assert.match(stderr, /Run `npm ci` first/);
});

test('arguments go in and the exit code comes out', async () => {
  await install();
  const { status, stdout } = launch([], 'entry.ts', 'one', 'two words');
  assert.equal(stdout, 'one two words\n');
  assert.equal(status, 7);
});

test('on an older Node without a pinned one the launcher says what to do', async () => {
  await install();
  const { status, stderr } = launch(['--import', OLD_NODE], 'entry.ts');
  assert.equal(status, 69);
  assert.match(stderr, /needs Node 26 or newer[\s\S]*npm ci/);
});

test('on an older Node the pinned one is started, and a signal reaches it', { skip: process.platform === 'win32' }, async () => {
  await install();
  await writeFile(path.join(folder, 'node_modules', '.bin', 'node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
  const child = spawn(process.execPath, ['--import', OLD_NODE, path.join(folder, 'launch.mjs'), 'entry.ts', 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
  assert.equal(String(chunk), 'wait\n');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
  assert.equal(code, 128 + 15);
});

test('a server that npm leaves behind is told to stop', { skip: process.platform === 'win32' }, async () => {
  await install();
  await writeFile(
    path.join(folder, 'server.ts'),
    `process.on('SIGTERM', () => { console.log('draining'); process.exit(0); }); setInterval(() => {}, 1_000); console.log('ready');`,
  );
  const command = `"${process.execPath}" "${path.join(folder, 'launch.mjs')}" server.ts; true`;
  const shell = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, npm_lifecycle_event: 'start' } });
  const lines = createInterface(shell.stdout)[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  shell.kill('SIGKILL');
  assert.equal((await lines.next()).value, 'draining');
});
