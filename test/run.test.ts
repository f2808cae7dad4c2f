import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slotkeeper-run-'));
  await mkdir(path.join(folder, 'test'));
  for (const file of ['run.ts', 'file-deadline.ts']) await copyFile(path.join(import.meta.dirname, file), path.join(folder, 'test', file));
  const sample = (name: string, body: string) => writeFile(path.join(folder, 'test', `${name}.test.ts`), `import { test } from 'node:test';\n${body}\n`);
  await sample('good', `test('a rule that holds', () => {});`);
  await sample('bad', `test('a rule that is broken', () => { throw new Error('broken'); });`);
  await sample('skipping', `test('a rule nobody checks', { skip: true }, () => {}); test('another that holds', () => {});`);
  await sample('empty', '');
  await sample('crashing', 'process.exit(3);');
});
after(() => rm(folder, { recursive: true, force: true }));

function runTests(word: string, ci = '') {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  return spawnSync(process.execPath, [path.join(folder, 'test', 'run.ts'), word], { encoding: 'utf8', timeout: 60_000, env: { ...environment, CI: ci } });
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
